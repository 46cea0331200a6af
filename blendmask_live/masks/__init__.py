"""Soft masks and pixel masks, without the network."""
