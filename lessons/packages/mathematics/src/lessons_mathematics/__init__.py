"""Lessons: Mathematics."""
