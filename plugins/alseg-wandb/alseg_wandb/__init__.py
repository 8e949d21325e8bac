"""Weights & Biases tracker for alseg."""
