"""Trackers for alseg: TensorBoard."""
