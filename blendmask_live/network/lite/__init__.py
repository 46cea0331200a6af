"""blendmask-lite."""
