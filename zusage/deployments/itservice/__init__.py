"""An IT provider: web sites, tickets, mail with classes, call recordings, applications, orders."""
