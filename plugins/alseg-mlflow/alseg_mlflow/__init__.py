"""MLflow tracker for alseg."""
