"""The source of a dataset: what its archive is, downloading it, unpacking it, and describing a folder."""
