"""Lessons: Generalisation."""
