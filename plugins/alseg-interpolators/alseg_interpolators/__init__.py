"""Interpolators for alseg: signed distance, morphological contour."""
