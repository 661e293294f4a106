"""What each document says, from the declaration alone; how it looks is `documents`' matter.

`catalogue.write` writes any of them; what only needs the words of periods does not load the documents.
"""
