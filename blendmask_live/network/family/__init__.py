"""The published BlendMask family."""
