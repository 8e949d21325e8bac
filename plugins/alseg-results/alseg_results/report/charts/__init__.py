"""The charts, as Vega-Lite specifications: drawn by the page in the browser, and by vl-convert for papers."""
