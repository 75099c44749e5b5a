"""Lessons: What learning is."""
