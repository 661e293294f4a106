"""Rights of Art. 12–22: from the request to the proven answer."""
