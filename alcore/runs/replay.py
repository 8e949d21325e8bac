"""Replay: the queries of another run, repeated with another model, loss or seed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from alcore.errors import AlsegError
from alcore.pool.table import SliceTable
from alcore.query import Block, Selection
from alcore.runs.directory import RunDirectory
from alcore.runs.replay_options import ReplayOptions

Row = Mapping[str, str]
"""A row of ``selections.csv``."""


def read_replay(options: ReplayOptions, rounds: int, fingerprint: str) -> list[Row]:
    """Read the query log of the run to be repeated, up to round ``rounds``.

    Args:
        options: the run.
        rounds: the last round that is asked for.
        fingerprint: of the store that is replayed on.

    Raises:
        AlsegError: it is no run, its data were others, it ended before, or its log does not hold all of its blocks.
    """
    directory = RunDirectory.open(Path(options.run))
    records = directory.rounds()
    if options.same_data and directory.environment()["dataset"]["fingerprint"] != fingerprint:
        raise AlsegError(
            f"{directory.path} queried other data: the content of its store differs from that of this one",
            hint="give the same dataset, or --set replay.same_data=false to find slices by scan and position alone",
        )
    if not records or (len(records) <= rounds and records[-1]["labelled"] < records[-1]["pool"]):
        raise AlsegError(
            f"{directory.path} has {len(records)} committed rounds, round 0 included; a replay of {rounds} rounds "
            "after round 0 needs more",
            hint=f"--rounds {len(records) - 1}   or first: alseg resume {directory.path}"
            if records
            else f"first: alseg resume {directory.path}",
        )
    rows: list[Row] = [row for row in directory.selections() if int(row["round"]) <= rounds]
    found = Counter(int(row["round"]) for row in _one_per_block(rows))
    for record in records[: rounds + 1]:
        if found[record["round"]] != record["blocks"]:
            raise AlsegError(
                f"round {record['round']} of {directory.path} cannot be repeated: its log holds "
                f"{found[record['round']]} of {record['blocks']} blocks",
                hint="blocks of which both ends lie in other blocks too are not written to selections.csv",
            )
    return rows


def replayed_selections(rows: Sequence[Row], table: SliceTable) -> dict[int, Selection]:
    """What was selected in each round, as indices of the pool of ``table``.

    Raises:
        AlsegError: the pool lacks a scan or slice of the log; it is named.
    """
    first_of, length_of = _extents(table)

    def index(row: Row, position: int) -> int:
        scan = row["scan"]
        if not 0 <= position < length_of.get(scan, 0):
            raise AlsegError(
                f"the pool lacks slice {position} of the scan {scan!r}, which the replayed run queried",
                hint="replay on the dataset of that run, with the same split",
            )
        return first_of[scan] + position

    def block(row: Row) -> Block:
        offset = int(row["position"]) - int(row["slice"])
        return Block(index(row, int(row["block_first"]) + offset), index(row, int(row["block_last"]) + offset))

    blocks: dict[int, list[Block]] = {}
    for row in _one_per_block(rows):
        blocks.setdefault(int(row["round"]), []).append(block(row))
    queried: dict[int, list[Row]] = {}
    for row in rows:
        if row["kind"] != "pseudo":
            queried.setdefault(int(row["round"]), []).append(row)
    return {
        number: Selection(
            np.array([index(row, int(row["position"])) for row in chosen], np.int64),
            tuple(blocks.get(number, ())),
            np.array([float(row["score"]) for row in chosen]) if all(row["score"] for row in chosen) else None,
        )
        for number, chosen in queried.items()
    }


def _one_per_block(rows: Sequence[Row]) -> Iterable[Row]:
    """One row of each block of each round, in the order of the pool."""
    by_block = {
        (int(row["round"]), int(row["block_first"]), int(row["block_last"])): row for row in rows if row["block_first"]
    }
    return [by_block[key] for key in sorted(by_block)]


def _extents(table: SliceTable) -> tuple[dict[str, int], dict[str, int]]:
    """First pool index, and number of slices, of each scan."""
    lengths = np.bincount(table.scan, minlength=len(table.scan_ids))
    firsts = np.cumsum(lengths) - lengths
    return (
        {name: int(first) for name, first in zip(table.scan_ids, firsts, strict=True)},
        {name: int(length) for name, length in zip(table.scan_ids, lengths, strict=True)},
    )
