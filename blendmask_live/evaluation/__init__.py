"""Accuracy against ground truth, by the rules of the field."""
