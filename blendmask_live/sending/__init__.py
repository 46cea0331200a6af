"""Out of the program: pictures to streams and virtual cameras, data to other programs.

Knows no network, tracker or window: it is handed pictures and tracked frames. Nothing here makes
who hands them over wait.
"""
