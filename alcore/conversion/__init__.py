"""From a dataset to a slice store: scans are read, checked and measured, and handed to the store's writer."""
