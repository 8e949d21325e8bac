"""Datasets that can write a first description of a folder."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from alcore.errors import AlsegError
from alcore.registry import Component


@runtime_checkable
class DescribesSource(Protocol):
    """A dataset whose source folder holds a description that it can sketch."""

    def write_description(self, source: Path) -> Path:
        """Write a first description into ``source`` and return its path; never over one that is there."""
        ...


def write_description(component: Component, source: Path) -> Path:
    """Let a dataset write a first description of ``source``.

    Raises:
        AlsegError: this dataset needs none, or cannot make one of what it finds.
    """
    dataset = component.build(component.parse_options({}))
    if not isinstance(dataset, DescribesSource):
        raise AlsegError(f"the dataset {component.spec.name!r} needs no description", hint="convert its folder at once")
    return dataset.write_description(source)
