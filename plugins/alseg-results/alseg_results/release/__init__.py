"""Results that others can reuse: a folder of Parquet files with a manifest, written and read."""
