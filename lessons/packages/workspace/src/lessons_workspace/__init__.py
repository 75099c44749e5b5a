"""Lessons: Workspace."""
