"""Convert a dataset and show what came of it."""

import os
from dataclasses import dataclass
from pathlib import Path

from alcore.conversion.convert import Conversion, convert
from alcore.registry import Component
from alcore.specs import DatasetSpec
from alcore.store.describe import describe_store
from alcore.store.locate import store_path
from alcore.store.writer import check_free
from alseg.assignments import parse_assignments
from alseg.progress import progress_of
from alseg.show.json_output import echo_json
from alseg.terminal import echo


@dataclass(frozen=True)
class ConversionFlags:
    """The options of :func:`alseg.data_options.conversion_options`, as they come from the command line."""

    name: str | None
    out: Path | None
    data_dir: Path | None
    jobs: int | None
    test_fraction: float
    allow_empty: bool
    assignments: tuple[str, ...]
    update: bool
    force: bool
    as_json: bool


class PlannedConversion:
    """A conversion whose options have been checked; :meth:`run` carries it out.

    Raises:
        AlsegError: an option is unknown or out of bounds, or a store is in the way.
    """

    def __init__(self, component: Component[DatasetSpec], flags: ConversionFlags) -> None:
        self._component = component
        self._flags = flags
        self._options = component.parse_options(parse_assignments(flags.assignments, section="dataset"))
        self._target = flags.out or store_path(flags.name or component.spec.name, flags.data_dir)
        check_free(self._target, flags.force or flags.update)

    def run(self, source: Path | None) -> None:
        """Convert, and write a summary or JSON."""
        flags = self._flags
        conversion = Conversion(
            jobs=flags.jobs or os.cpu_count() or 1,
            test_fraction=flags.test_fraction,
            allow_empty=flags.allow_empty,
            overwrite=flags.force,
            update=flags.update,
            name=flags.name,
        )
        with progress_of(f"converting {self._component.spec.name}", "scans") as progress:
            converted = convert(self._component, self._options, source, self._target, conversion, progress)
        described = describe_store(self._target)
        if flags.as_json:
            echo_json(described.as_json())
            return
        synthetic = "synthetic " if described.synthetic else ""
        splits = ", ".join(f"{count} {split}" for split, count in described.scans.items() if count)
        echo(f"{self._target}: {sum(described.slices.values())} {synthetic}slices of {splits} scans")
        if flags.update:
            total = sum(described.scans.values())
            echo(f"{converted.reused} of {total} scans were taken from the earlier store")
        for warning in described.warnings:
            echo(f"warning: {warning}", err=True)
