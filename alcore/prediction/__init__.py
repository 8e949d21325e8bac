"""What a finished run is good for: predicting scans, and measuring its model on any of them."""
