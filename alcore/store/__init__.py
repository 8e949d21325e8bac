"""The slice store: one HDF5 file per dataset, written once, read everywhere. See ``docs/slice-store.md``."""
