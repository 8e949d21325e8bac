"""Examine what is installed: does it load, does it keep its contracts, does this environment have what it needs?"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.registry import Component, PluginRecord, Registry
from alcore.specs import SPEC_TYPES, ComponentSpec

if TYPE_CHECKING:
    from alcore.registry.doctor import UnmetRequirement
    from alcore.testing import Finding

LIBRARIES = ("alseg", "torch", "numpy", "scipy", "scikit-learn", "h5py", "SimpleITK", "pydantic", "pluggy")


def check_components(
    registry: Registry,
    name: str | None = None,
    *,
    kind: str | None = None,
    source: Path | None = None,
    seconds: float = 120.0,
) -> "Iterator[tuple[Component, Iterator[Finding]]]":
    """Check that components keep their contracts: yield each, with its findings, which are made as they are asked for.

    Args:
        registry: the installed components.
        name: the component; every one by default.
        kind: its kind, where several kinds have that name.
        source: folder to read, for a dataset that is converted from one.
        seconds: the longest that one check may take.

    Raises:
        AlsegError: there is no such component.
    """
    from alcore.testing.component import component_findings

    wanted = SPEC_TYPES[kind] if kind else None
    for component in registry.components(wanted or ComponentSpec) if name is None else registry.named(name, wanted):
        yield component, component_findings(component, source=source, seconds=seconds)


@dataclass(frozen=True)
class Examination:
    """What :func:`examine` found.

    Args:
        machine: Python, system, processor, memory and devices, by name.
        versions: the installed versions of alseg and its main libraries.
        plugins: origin and state of each plugin, by its name.
        absent: optional distributions that are not installed, each with the command that installs it.
        unmet: requirements that this environment does not meet.
        wrong: everything that is wrong, a sentence each; empty where all is sound.
    """

    machine: dict[str, str]
    versions: dict[str, str]
    plugins: dict[str, dict[str, str]]
    absent: dict[str, str]
    unmet: "list[UnmetRequirement]"
    wrong: list[str]

    def as_json(self) -> dict[str, Any]:
        """The fields, as JSON holds them."""
        return {**vars(self), "unmet": list(map(vars, self.unmet))}


def examine() -> Examination:
    """Examine this installation; imports every component, which can take some seconds."""
    from alcore.registry.doctor import absent_parts, complaints, unmet_requirements, versions

    registry = Registry.installed()
    machine, unmet = dict(_machine()), list(unmet_requirements(registry))
    plugins = {record.found.plugin: _plugin(record) for record in registry.records}
    wrong = [*complaints(registry), *map(str, unmet)]
    return Examination(machine, versions(LIBRARIES), plugins, absent_parts(), unmet, wrong)


def _plugin(record: PluginRecord) -> dict[str, str]:
    components = f"{len(record.specs)} components, " if record.state == "active" else ""
    return {
        "origin": record.found.origin,
        "state": f"{record.state} ({components}{record.seconds * 1000:.0f} ms)",
    }


def _machine() -> Iterator[tuple[str, str]]:
    import platform

    import psutil
    import torch

    yield "python", f"{platform.python_version()} ({sys.executable})"
    yield "system", platform.platform()
    yield "processor", f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.1f} GiB memory"
    yield "free memory", f"{psutil.virtual_memory().available / 2**30:.1f} GiB"
    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    yield "cuda devices", ", ".join(names) or "none"
    yield "mps device", "yes" if torch.backends.mps.is_available() else "none"
