"""Convert a dataset and show what came of it."""

from pathlib import Path

from alcore.api.data import PlannedConversion
from alcore.api.stores import describe_store
from alseg.output import echo
from alseg.progress import progress_of
from alseg.show.json_output import echo_json


def run_conversion(planned: PlannedConversion, source: Path | None, as_json: bool) -> None:
    """Convert, and write a summary or JSON."""
    with progress_of(f"converting {planned.component.spec.name}", "scans") as progress:
        converted = planned.run(source, progress)
    described = describe_store(planned.target)
    if as_json:
        echo_json(described.as_json())
        return
    synthetic = "synthetic " if described.synthetic else ""
    splits = ", ".join(f"{count} {split}" for split, count in described.scans.items() if count)
    echo(f"{planned.target}: {sum(described.slices.values())} {synthetic}slices of {splits} scans")
    if planned.conversion.update:
        total = sum(described.scans.values())
        echo(f"{converted.reused} of {total} scans were taken from the earlier store")
    for warning in described.warnings:
        echo(f"warning: {warning}", err=True)
