"""What a run is called where it is compared with others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from alcore.results.read import RawRun


def labels_of(raws: Sequence[RawRun]) -> dict[int, str]:
    """Label each run, by its id: as the benchmark wrote it, else by the strategy's name and the options that vary.

    Two strategies of one name that differ in ``block_size`` alone are ``strided:block_size=5`` and
    ``strided:block_size=10``.
    """
    by_name: dict[str, list[RawRun]] = defaultdict(list)
    for raw in raws:
        by_name[raw.config["strategy"]["name"]].append(raw)
    labels: dict[int, str] = {}
    for name, group in by_name.items():
        varying = _varying([raw.config["strategy"] for raw in group])
        for raw in group:
            options = raw.config["strategy"]
            said = ",".join(f"{key}={_text(options[key])}" for key in varying if key in options)
            own = f"{name}:{said}" if said else name
            labels[id(raw)] = str(raw.job.get("strategy") or own)
    return labels


def _varying(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys whose values differ between the sections, in the order of the first one that has them."""
    keys = dict.fromkeys(key for section in sections for key in section)
    return [key for key in keys if any(section.get(key) != sections[0].get(key) for section in sections)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
