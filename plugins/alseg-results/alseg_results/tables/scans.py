"""Tables of single scans: where strategies fail, and intervals that hold for other scans too."""

from collections.abc import Sequence

import pandas as pd
from alseg.show.table import Best, Column, Record, Table, make_table

from alseg_results.overview import Overview


def weakest_table(overview: Overview, dataset: str) -> Table | None:
    """The worst class and the worst tenth of the scans of each strategy; None where scores of scans are missing."""
    weakest = overview.weakest
    records = weakest[weakest["dataset"] == dataset].to_dict("records")
    if not records:
        return None
    best: Best = "highest" if overview.measure.higher_is_better else "lowest"
    most = max(record["scans"] for record in records)
    scans = "scan" if most == 1 else f"{most} scans"
    return make_table(
        f"weakest-{overview.place(dataset)}",
        f"where {overview.found.compared} are weakest on {overview.found.title(dataset)}",
        [
            Column("strategy", overview.found.heading),
            Column("worst_class", "worst class"),
            Column("class", "of that class", 3, spread=True, best=best),
            Column("tenth", "worst tenth of scans", 3, spread=True, best=best),
        ],
        records,
        caption=f"{overview.measure.metric} on the {overview.measure.split} scans after the last round, mean over "
        f"seeds; worst tenth: mean of the {scans} with the worst scores in each run; worst scan: {_worst(records)}",
        about={"dataset": dataset},
    )


def _worst(records: Sequence[Record]) -> str:
    """The scan that is worst for each strategy; one that is so for all is named once."""
    of_scan: dict[str, list[str]] = {}
    for record in records:
        of_scan.setdefault(record["worst_scan"], []).append(f"{record['strategy']} {record['scan_mean']:.3f}")
    return "; ".join(f"{scan} ({', '.join(said)})" for scan, said in of_scan.items())


def scan_interval_tables(overview: Overview) -> list[Table]:
    """Paired differences with intervals over seeds and scans."""
    pairs = overview.scan_pairs
    if not len(pairs):
        return []
    records = [{**row, "strategy": row["first"], "rival": row["second"]} for row in pairs.to_dict("records")]
    return [
        make_table(
            "pairs-scans",
            f"paired differences of {overview.comparison.measure} over seeds and scans, {overview.measure.title}",
            [
                Column("first", overview.found.heading),
                Column("second", "against"),
                Column("seeds", "seeds", 0),
                Column("scans", "scans", 0),
                Column("difference", "difference", 4, signed=True),
                Column("low", "95 % from", 4, signed=True),
                Column("high", "to", 4, signed=True),
            ],
            records,
            caption="interval: crossed bootstrap, for other seeds and other scans of the same split",
            row_is_about=("strategy", "rival"),
        )
    ]


def mixed_tables(overview: Overview) -> list[Table]:
    """The effects of the mixed model, and how much its random parts vary."""
    model = overview.mixed
    if model is None:
        return []
    deviations = pd.DataFrame({"part": list(model.deviations), "deviation": list(model.deviations.values())})
    failed = "" if model.converged else "the fit did not converge: do not rely on it; "
    return [
        make_table(
            "mixed",
            f"mixed-effects model of {overview.comparison.measure}: effects relative to {model.control}",
            [
                Column("strategy", overview.found.heading),
                Column("effect", "effect", 4, signed=True),
                Column("low", "95 % from", 4, signed=True),
                Column("high", "to", 4, signed=True),
                Column("p", "p", 3),
            ],
            model.effects.to_dict("records"),
            caption=f"{failed}over datasets, seeds and scans; {model.freedom} degrees of freedom; p not corrected",
        ),
        make_table(
            "mixed-parts",
            "mixed-effects model: standard deviations",
            [Column("part", "random part"), Column("deviation", "standard deviation", 4)],
            deviations.to_dict("records"),
            caption="run: a strategy under a seed; rest: a scan in a run",
            row_is_about=(),
        ),
    ]
