"""Trackers for alseg: TensorBoard and CSV files."""
