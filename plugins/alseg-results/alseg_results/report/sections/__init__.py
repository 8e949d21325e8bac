"""The sections of the page, one module each: from results to sentences, charts and tables."""
