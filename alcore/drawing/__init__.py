"""Pictures of scans, and the page that describes a store."""
