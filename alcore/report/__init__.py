"""The report: one page with the figures and tables of a benchmark."""
