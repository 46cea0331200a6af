"""Picture in, instances out."""
