"""MONAI's networks and losses for alseg."""
