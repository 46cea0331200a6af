"""Speed, load and machine."""
