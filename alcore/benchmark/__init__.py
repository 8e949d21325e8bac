"""Benchmarks: grids of runs, their jobs, and the directory that holds them."""
