"""Masks, labels and backgrounds on pictures."""
