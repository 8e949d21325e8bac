"""A leaderboard: entries of one dataset and protocol side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from alseg.show.table import Column, Table, make_table

from alcore import AlsegError
from alseg_results.efficiency import area_under_budget_curve
from alseg_results.leaderboard.entry import ENDING, Entry, read_entry
from alseg_results.settings import text_of


def read_board(folder: Path) -> list[Entry]:
    """Read every entry at or below a folder.

    Raises:
        AlsegError: there is none, one is none, or two have one key.
    """
    paths = sorted(folder.rglob(f"*{ENDING}"))
    if not paths:
        raise AlsegError(
            f"{folder} holds no entries: no file ends in {ENDING}", hint="alseg leaderboard write DIR FOLDER makes them"
        )
    found: dict[str, Path] = {}
    entries = []
    for path in paths:
        entry = read_entry(path)
        if entry.key in found:
            raise AlsegError(f"{path} and {found[entry.key]} are of one run", hint="keep one of them")
        found[entry.key] = path
        entries.append(entry)
    return entries


def board_tables(entries: Sequence[Entry], metric: str, split: str, *, higher_is_better: bool | None) -> list[Table]:
    """A table for each dataset and protocol: strategies by their area under the budget curve, best mean first.

    Args:
        entries: the entries.
        metric: name of the metric.
        split: ``validation`` or ``test``.
        higher_is_better: the metric's direction; None where it is unknown, and names decide on the order.

    Raises:
        AlsegError: no entry has such scores.
    """
    rows = [row for entry in entries if (row := _row(entry, metric, split)) is not None]
    if not rows:
        raise AlsegError(f"no entry has {metric} on the {split} scans", hint="--metric NAME, --split test")
    frame = pd.DataFrame(rows)
    columns = [
        Column("strategy", "strategy"),
        Column("seeds", "seeds", 0),
        Column("labelled", "slices", 0),
        Column("aubc", "AUBC", 3, spread=True),
        Column("final", "final", 3, spread=True),
        Column("minutes", "computing (minutes)", 1, spread=True),
    ]
    tables = []
    for place, ((dataset, fingerprint, protocol), group) in enumerate(
        frame.groupby(["dataset", "fingerprint", "protocol"], sort=True)
    ):
        records = [_mean(str(name), one) for name, one in group.groupby("strategy", sort=False)]
        if higher_is_better is None:
            records.sort(key=lambda record: record["strategy"])
        else:
            records.sort(key=lambda record: record["aubc_mean"], reverse=higher_is_better)
        title = f"{metric} on the {split} scans of {dataset}"
        caption = f"data {fingerprint[:8]}, protocol {protocol[:8]}; mean over seeds; AUBC over the slices of the run"
        tables.append(make_table(f"board-{place}", title, columns, records, caption=caption))
    return tables


def _row(entry: Entry, metric: str, split: str) -> dict[str, object] | None:
    if metric not in entry.rounds[0].scores.get(split, {}):
        return None
    labelled = np.array([one.labelled for one in entry.rounds], dtype=np.float64)
    score = np.array([_score(one.scores[split][metric]) for one in entry.rounds])
    name, *options = (text_of(value) for value in ({"name": "full data"} | entry.strategy).values())
    keys = [key for key in entry.strategy if key != "name"]
    return {
        "dataset": f"{entry.dataset.name} (synthetic data)" if entry.dataset.synthetic else entry.dataset.name,
        "fingerprint": entry.dataset.fingerprint,
        "protocol": entry.protocol,
        "strategy": name + ":" * bool(keys) + ",".join(f"{k}={v}" for k, v in zip(keys, options, strict=True)),
        "seed": entry.seed,
        "labelled": labelled[-1],
        "aubc": area_under_budget_curve(labelled, score),
        "final": score[-1],
        "minutes": sum(one.compute_minutes for one in entry.rounds),
    }


def _score(classes: dict[str, dict[str, float | None]]) -> float:
    """The mean over scans of each class, and over classes, of what is defined: as in rounds.jsonl."""
    means = [np.mean(known) for scans in classes.values() if (known := [v for v in scans.values() if v is not None])]
    return float(np.mean(means)) if means else float("nan")


def _mean(strategy: str, rows: pd.DataFrame) -> dict[str, Any]:
    record: dict[str, Any] = {"strategy": strategy, "seeds": len(rows), "labelled": rows["labelled"].max()}
    for name in ("aubc", "final", "minutes"):
        record |= {f"{name}_mean": rows[name].mean(), f"{name}_std": rows[name].std(), f"{name}_seeds": len(rows)}
    return record
