"""The conformance kit: what every component must do, as checks that plugin authors can call."""
