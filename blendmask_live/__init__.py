"""BlendMask Live."""
