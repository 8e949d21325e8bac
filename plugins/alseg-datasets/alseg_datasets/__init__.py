"""Datasets for alseg: Medical Segmentation Decathlon, BCSS, folders of your own, and synthetic phantoms."""
