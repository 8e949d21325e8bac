"""A run's name and its figures by name, as trackers show them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SIZES = {
    "labelled slices": "labelled",
    "pseudo-labelled slices": "pseudo_labelled",
    "labelled scans": "scans_labelled",
    "foreground voxels": "foreground_voxels",
    "boundary voxels": "boundary_voxels",
}


def run_name(config: Mapping[str, Any]) -> str:
    """What ran: ``hippocampus-entropy-seed0``, or ``hippocampus-full-data-volumes-seed0`` for full-data training.

    Args:
        config: the whole configuration, as trackers get it.
    """
    strategy = config.get("strategy")
    what = strategy["name"] if strategy else f"full-data-{config['learner']['name']}"
    return f"{Path(config['dataset']['name']).stem}-{what}-seed{config['seed']}"


def round_figures(record: Mapping[str, Any]) -> dict[str, float]:
    """The figures of one line of ``rounds.jsonl``: ``"validation dice/mean"``, ``"round/labelled slices"``, ...

    A score that is not defined has no figure. Figures of one group share what stands before the slash.
    """
    figures: dict[str, float] = {}
    for split, metrics in record["scores"].items():
        for metric, score in metrics.items():
            values = {"mean": score["mean"], **score["per_class"]}
            figures |= {f"{split} {metric}/{name}": value for name, value in values.items() if value is not None}
    figures |= {f"round/{name}": record[field] for name, field in _SIZES.items()}
    figures |= {f"seconds/{phase}": seconds for phase, seconds in record["seconds"].items()}
    return figures


def flat_values(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A configuration by dotted names: ``{"learner": {"epochs": 10}}`` is ``{"learner.epochs": 10}``."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            flat |= flat_values(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
