"""Lessons: Classification."""
