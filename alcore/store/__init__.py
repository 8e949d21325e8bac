"""The slice store: one HDF5 file per dataset, written once, read everywhere."""
