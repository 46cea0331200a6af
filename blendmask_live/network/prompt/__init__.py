"""The prompted head: a box, clicks or an earlier mask become a mask."""
