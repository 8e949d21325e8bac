"""The report on a benchmark: one page that works offline, and its figures for papers."""
