"""Segmentation networks and losses for alseg."""
