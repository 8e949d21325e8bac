"""One JSON file a run, for tables that grow from the results of many."""
