"""Segmentation metrics for alseg."""
