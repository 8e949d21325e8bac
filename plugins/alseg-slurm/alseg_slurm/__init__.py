"""Slurm launcher for alseg."""
