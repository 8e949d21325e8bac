"""Mutated descriptions of datasets: alseg.toml and dataset.json."""

import json
import random
from pathlib import Path
from typing import Any

import attacking
from alseg_datasets.decathlon import Decathlon
from alseg_datasets.folder import Folder
from alseg_datasets.options import ScanOptions
from alseg_datasets.plugin import register_datasets
from attack_stores import damaged

_TOML = """images = "images/{id}.nii"
labels = "labels/{id}.nii"
channels = ["T1"]
[classes]
background = 0
organ = 1
[split]
validation = ["a"]
"""
_ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**40, 1e300, float("nan"), "", "a/b", "../x", "\0", "\udcff", "x" * 10_000, [], {}),
    *([[]], {"": {}}, ["a"] * 1000, "{id}", "/etc/{id}", "{id}{id}", "²", "²", "[b]red[/b]", "\x1b[31m"),
)


def build(folder: Path) -> attacking.Attack:
    """The attack on the description of a folder, or of a task of the Decathlon."""
    for part in ("images", "labels", "imagesTr", "labelsTr"):
        (folder / part).mkdir()
        for name in "ab":
            (folder / part / f"{name}.nii").touch()
    spec = next(spec for spec in register_datasets() if spec.name == "hippocampus")
    described: dict[str, Any] = {
        "name": "Hippocampus",
        "licence": "CC-BY-SA 4.0",
        "modality": {"0": "MRI"},
        "labels": {"0": "background", "1": "Anterior", "2": "Posterior"},
        "training": [{"image": f"./imagesTr/{name}.nii", "label": f"./labelsTr/{name}.nii"} for name in "ab"],
    }

    def attack(rng: random.Random) -> str:
        if rng.random() < 0.5:
            content = _TOML.encode()
            (folder / "alseg.toml").write_bytes(damaged(content, rng) if rng.random() < 0.5 else _odd_toml(rng))
            return f"{len(Folder(ScanOptions()).list_scans(folder).scans)} scans"
        text = json.dumps(described if rng.random() < 0.3 else with_odd(described, rng)).encode("utf-8", "replace")
        (folder / "dataset.json").write_bytes(damaged(text, rng) if rng.random() < 0.5 else text)
        dataset = spec.load()(spec.options())
        assert isinstance(dataset, Decathlon)
        return f"{len(dataset.list_scans(folder).scans)} scans"

    return attack


def _odd_toml(rng: random.Random) -> bytes:
    lines = _TOML.splitlines()
    place = rng.randrange(len(lines))
    key = lines[place].partition(" = ")[0]
    odd = rng.choice(_ODD)
    value = json.dumps(odd) if odd is not None else '""'
    lines[place] = f"{key} = {value}" if rng.random() < 0.8 else lines[place] * rng.randrange(3)
    return "\n".join(lines).encode("utf-8", "replace")


def with_odd(thing: Any, rng: random.Random) -> Any:
    """A copy in which one value, somewhere, is an odd one."""
    if isinstance(thing, dict) and thing and rng.random() < 0.8:
        key = rng.choice(list(thing))
        renamed = str(rng.choice(_ODD)) if rng.random() < 0.2 else key
        return {**{k: v for k, v in thing.items() if k != key}, renamed: with_odd(thing[key], rng)}
    if isinstance(thing, list) and thing and rng.random() < 0.8:
        place = rng.randrange(len(thing))
        return [*thing[:place], with_odd(thing[place], rng), *thing[place + 1 :]]
    return rng.choice(_ODD)
