"""Slices that the model sees unlike their neighbours: a query strategy for alseg."""
