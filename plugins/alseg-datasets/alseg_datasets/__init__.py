"""Datasets for alseg: Medical Segmentation Decathlon, and synthetic phantoms."""
