"""Lessons: Neural networks."""
