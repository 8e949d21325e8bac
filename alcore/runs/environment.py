"""Where a run was made: versions, plugin provenance, hardware."""

import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import numpy as np
import psutil
import torch

from alcore.registry import Component
from alcore.runs.directory import FORMAT
from alcore.store.reader import SliceStore

LIBRARIES = ("alseg", "torch", "numpy", "scipy", "scikit-learn", "h5py", "pluggy", "pydantic")


def describe_environment(
    components: Mapping[str, Component], store: SliceStore, device: torch.device
) -> dict[str, Any]:
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


def describe_pool(store: SliceStore) -> dict[str, int]:
    """Count the pool's scans, slices, pixels and foreground, from the store's index alone."""
    scans, train = store.scans, store.scans.indices("train")
    n_slices = scans.n_slices[train].astype(np.int64)
    return {
        "scans": len(train),
        "slices": int(n_slices.sum()),
        "pixels": int((n_slices * scans.height[train] * scans.width[train]).sum()),
        "foreground": int(scans.class_voxels[train][:, store.info.foreground_classes].sum()),
        "foreground_slices": int(scans.foreground_slices[train].sum()),
    }


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
