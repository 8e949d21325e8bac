"""Annotators for alseg."""
