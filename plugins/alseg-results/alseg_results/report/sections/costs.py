"""Cost: where the time of a round went."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from alseg.show.table import Column, make_table

from alseg_results.report.charts import costs
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Drawing, Section
from alseg_results.report.subject import Subject
from alseg_results.runs import RunRecord

PHASES = ("query", "annotate", "train", "validate", "evaluate")


def section(subject: Subject) -> Section:
    """Seconds per phase: a round's mean over rounds and seeds, per strategy and dataset."""
    rows: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for dataset, strategy in subject.pairs:
        runs = subject.runs_of(dataset, strategy)
        means = _seconds(runs)
        about = {"dataset": dataset, "strategy": strategy}
        rows += [
            {**about, "phase": phase, "seconds": means[phase], "place": place} for place, phase in enumerate(PHASES)
        ]
        total = fmean(sum(sum(record["seconds"].values()) for record in run.rounds) for run in runs)
        records.append({**about, **means, "machine": _machine(runs), "round": sum(means.values()), "run": total / 60})
    columns = {"strategy": "Strategy", "phase": "Phase", "seconds": "Seconds per round"}
    chart = Chart(
        "cost",
        "Seconds per round by phase",
        "",
        costs.spec(PHASES),
        {"costs": rows},
        columns,
        main="costs",
        height=None,
    )
    drawings = tuple(
        Drawing(
            chart,
            f"Time of a round on {subject.title(dataset)}",
            f"Bars: mean seconds of a round on {subject.title(dataset)} for each strategy, by phase.",
            dataset,
        )
        for dataset in subject.results.datasets
    )
    columns_shown = [
        Column("strategy", subject.results.heading),
        Column("machine", "machine"),
        *(Column(phase, phase, 3) for phase in PHASES),
        Column("round", "round", 3),
        Column("run", "run (minutes)", 1),
    ]
    tables = tuple(
        make_table(
            f"cost-{place}",
            f"seconds per round on {subject.title(dataset)}",
            columns_shown,
            [record for record in records if record["dataset"] == dataset],
            caption="mean over rounds and seeds; and minutes of a whole run",
            about={"dataset": dataset},
        )
        for place, dataset in enumerate(subject.results.datasets)
    )
    text = (
        "Wall-clock seconds of a round: query (the strategy's choice), annotate (the oracle and the interpolator), "
        "train, validate (between epochs, to choose the best) and evaluate (the scores of this page). They depend on "
        "the machine, and on what else it did at the time.",
    )
    return Section("cost", "Cost", text, drawings, tables)


def _seconds(runs: Sequence[RunRecord]) -> dict[str, float]:
    """Mean seconds of a round by phase; round 0 has no query and does not count for it."""
    records = [record for run in runs for record in run.rounds]
    queried = [record for record in records if record["round"] > 0] or records
    return {
        phase: fmean(record["seconds"].get(phase, 0.0) for record in (queried if phase == "query" else records))
        for phase in PHASES
    }


def _machine(runs: Sequence[RunRecord]) -> str:
    names = dict.fromkeys(_hardware(run.environment.get("hardware", {})) for run in runs)
    return "; ".join(names)


def _hardware(hardware: Any) -> str:
    if not hardware:
        return "not recorded"
    return str(hardware.get("gpu") or f"{hardware.get('processor')}, {hardware.get('torch_threads')} threads")
