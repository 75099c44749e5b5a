"""Lessons: Optimisation and systems."""
