"""The window: shows what the pipeline makes; computes nothing itself."""
