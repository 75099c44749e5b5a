"""Lessons: Tensors and data."""
