"""Panels of the window: each shows one kind of setting and says what the user wants changed."""
