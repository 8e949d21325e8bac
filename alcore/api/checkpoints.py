"""What a run keeps to go on from, for whoever looks into it."""

from alcore.runs.checkpoint import check_fits, read_checkpoint

__all__ = ["check_fits", "read_checkpoint"]
