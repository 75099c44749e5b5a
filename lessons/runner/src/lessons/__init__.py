"""Lessons that run and are graded inside a workspace.

Imports only the standard library: torch, numpy and Jupyter belong to the member's
environment and are loaded where a lesson needs them.
"""
