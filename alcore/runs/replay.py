"""Replay: the queries of another run, repeated with another model, loss or seed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.pool.table import SliceTable
from alcore.query import Block, Selection
from alcore.records import SelectedSlice
from alcore.regions import Units
from alcore.runs.directory import RunDirectory
from alcore.runs.replay_options import ReplayOptions


def read_replay(options: ReplayOptions, rounds: int, fingerprint: str) -> list[SelectedSlice]:
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
    rows: list[SelectedSlice] = [row for row in directory.selections() if row["round"] <= rounds]
    found = Counter(row["round"] for row in _one_per_block(rows))
    for record in records[: rounds + 1]:
        if found[record["round"]] != record["blocks"]:
            raise AlsegError(
                f"round {record['round']} of {directory.path} cannot be repeated: its log holds "
                f"{found[record['round']]} of {record['blocks']} blocks",
                hint="blocks of which both ends lie in other blocks too are not written to selections.csv",
            )
    return rows


def replayed_selections(rows: Sequence[SelectedSlice], table: SliceTable, units: Units) -> dict[int, Selection]:
    """What was selected in each round, as indices of ``units`` of the pool of ``table``.

    Raises:
        AlsegError: the pool lacks a scan or slice of the log; it is named.
    """
    first_of, length_of = _extents(table)

    def index(row: SelectedSlice, position: int) -> int:
        scan = row["scan"]
        if units.kind != "slice":
            return _same_unit(row, table, units)
        if not 0 <= position < length_of.get(scan, 0):
            raise AlsegError(
                f"the pool lacks slice {position} of the scan {scan!r}, which the replayed run queried",
                hint="replay on the dataset of that run, with the same split",
            )
        return first_of[scan] + position

    def block(row: SelectedSlice) -> Block:
        offset = row["position"] - row["slice"]
        first, last = _ends(row)
        return Block(index(row, first + offset), index(row, last + offset))

    blocks: dict[int, list[Block]] = {}
    for row in _one_per_block(rows):
        blocks.setdefault(row["round"], []).append(block(row))
    queried: dict[int, list[SelectedSlice]] = {}
    for row in rows:
        if row["kind"] != "pseudo":
            queried.setdefault(row["round"], []).append(row)
    return {
        number: Selection(
            np.array([index(row, row["position"]) for row in chosen], np.int64),
            tuple(blocks.get(number, ())),
            _scores(chosen),
        )
        for number, chosen in queried.items()
    }


def _same_unit(row: SelectedSlice, table: SliceTable, units: Units) -> int:
    """The index of a patch or volume, if that unit is the one of the log.

    Raises:
        AlsegError: it is another one.
    """
    index = row["slice"]
    if index < len(units):
        scan, lower, _ = units[index]
        if (table.scan_ids[scan], lower) == (row["scan"], (row["position"], row["top"], row["left"])):
            return index
    raise AlsegError(
        f"{units.kind} {index} of the pool is not the one that the replayed run queried in the scan {row['scan']!r}",
        hint="replay on the dataset of that run, with the same split, loop.patch_size and loop.patch_stride",
    )


def _one_per_block(rows: Sequence[SelectedSlice]) -> Iterable[SelectedSlice]:
    """One row of each block of each round, in the order of the pool."""
    by_block = {(row["round"], *_ends(row)): row for row in rows if row["block_first"] is not None}
    return [by_block[key] for key in sorted(by_block)]


def _ends(row: SelectedSlice) -> tuple[int, int]:
    """First and last slice of a row's block, as indices of the pool."""
    first, last = row["block_first"], row["block_last"]
    if first is None or last is None:
        raise AlsegError(f"round {row['round']}, order {row['order']} of the query log names one end of a block")
    return first, last


def _scores(rows: Sequence[SelectedSlice]) -> NDArray[np.float64] | None:
    """The scores of a selection; None where a slice has none."""
    scores = [score for row in rows if (score := row["score"]) is not None]
    return np.array(scores) if len(scores) == len(rows) else None


def _extents(table: SliceTable) -> tuple[dict[str, int], dict[str, int]]:
    """First pool index, and number of slices, of each scan."""
    lengths = np.bincount(table.scan, minlength=len(table.scan_ids))
    firsts = np.cumsum(lengths) - lengths
    return (
        {name: int(first) for name, first in zip(table.scan_ids, firsts, strict=True)},
        {name: int(length) for name, length in zip(table.scan_ids, lengths, strict=True)},
    )
