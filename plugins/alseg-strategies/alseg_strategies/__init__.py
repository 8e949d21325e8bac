"""Query strategies for alseg: random, uncertainty, distance, clustering, strided."""
