"""Pointing at things: a box, clicks or an earlier mask become a mask."""
