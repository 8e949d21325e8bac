"""A folder of NumPy .npz files as a dataset for alseg."""
