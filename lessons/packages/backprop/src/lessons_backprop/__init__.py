"""Lessons: Backpropagation."""
