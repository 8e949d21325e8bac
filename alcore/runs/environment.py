"""Where a run was made: versions, plugin provenance, hardware."""

import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import numpy as np
import psutil
import torch

from alcore.errors import AlsegError
from alcore.records import Environment
from alcore.registry import Component
from alcore.runs.directory import CONFIG, FORMAT
from alcore.store.reader import SliceStore

_DECISIVE: tuple[Literal["device", "gpu", "processor", "torch_threads"], ...]
_DECISIVE = ("device", "gpu", "processor", "torch_threads")
"""Of the hardware: what may change numbers."""

LIBRARIES = ("alseg", "torch", "numpy", "scipy", "scikit-learn", "h5py", "pluggy", "pydantic")


def describe_environment(components: Mapping[str, Component], store: SliceStore, device: torch.device) -> Environment:
    """Describe this process, the components it uses and the data it reads."""
    return {
        "format": FORMAT,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "versions": {name: _version(name) for name in LIBRARIES},
        "components": {
            place: {
                "name": component.spec.name,
                "distribution": component.found.distribution,
                "version": component.found.version,
            }
            for place, component in sorted(components.items())
        },
        "dataset": {
            "name": store.info.dataset,
            "synthetic": store.info.synthetic,
            "fingerprint": store.info.fingerprint,
            "path": str(store.path.resolve()),
            "pool": describe_pool(store),
        },
        "hardware": {
            "device": str(device),
            "gpu": torch.cuda.get_device_name(device) if device.type == "cuda" else "",
            "processor": platform.processor() or platform.machine(),
            "cores": psutil.cpu_count(),
            "torch_threads": torch.get_num_threads(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        },
    }


def environment_differences(first: Environment, second: Environment) -> dict[str, tuple[str, str]]:
    """What may change numbers and differs between two environments: (first, second) by name."""
    described = [_described(environment) for environment in (first, second)]
    names = sorted(described[0].keys() | described[1].keys())
    pairs = {name: (described[0].get(name, ""), described[1].get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def check_goes_on_the_same(first: Environment, now: Environment, path: Path) -> None:
    """Check that what a deterministic run in ``path`` began on is there to go on with.

    Raises:
        AlsegError: the device, its model or the version of torch differs; both are named.
    """
    differences = environment_differences(first, now)
    for name in ("device", "gpu", "torch"):
        if name in differences:
            before, after = differences[name]
            raise AlsegError(
                f"{path} is deterministic and began with {name} {before!r}; {after!r} would give other numbers",
                hint=f"go on where it began, or write deterministic = false into {path / CONFIG}",
            )


def _described(environment: Environment) -> dict[str, str]:
    hardware = environment["hardware"]
    names = {"python": environment["python"], "platform": environment["platform"], **environment["versions"]}
    names |= {name: str(hardware[name]) for name in _DECISIVE}
    for place, component in environment["components"].items():
        names[place] = f"{component['name']} ({component['distribution']} {component['version']})"
    return names


def describe_pool(store: SliceStore) -> dict[str, int]:
    """Count the pool's scans, slices, pixels and foreground, from the store's index alone."""
    scans, train = store.scans, store.scans.indices("train")
    n_slices = scans.n_slices[train].astype(np.int64)
    return {
        "scans": len(train),
        "slices": int(n_slices.sum()),
        "pixels": int((n_slices * scans.height[train] * scans.width[train]).sum()),
        "foreground": int(scans.class_voxels[train][:, list(store.info.label_space.foreground)].sum()),
        "foreground_slices": int(scans.foreground_slices[train].sum()),
    }


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
