"""What a reader has to know before believing a table: told where it applies, and only there."""

from collections.abc import Iterator

from alseg_results.measure import Measure
from alseg_results.runs import RunRecord, RunSet, only
from alseg_results.statistics import Comparison

VALIDATION, TEST = "validation", "test"
UNIT = "slice"
"""What a query asks for where the configuration says nothing else."""


def cautions(found: RunSet, measure: Measure, comparison: Comparison) -> tuple[str, ...]:
    """What is to be read with care, a sentence each; empty where nothing is."""
    return tuple(
        sentence
        for about in (
            _synthetic(found),
            _chosen_on(found, measure),
            _one_split(found, measure, comparison),
            _units(found),
        )
        for sentence in about
    )


def _synthetic(found: RunSet) -> Iterator[str]:
    if found.synthetic:
        yield f"synthetic data ({', '.join(found.synthetic)}) says nothing about how strategies rank on real scans"


def _chosen_on(found: RunSet, measure: Measure) -> Iterator[str]:
    """Scores on the very scans that chose the epoch are too good, most of all where there are few scans."""
    if measure.split != VALIDATION:
        return
    of = [run for run in (*found.runs, *found.full_data) if _chooses_epoch(run)]
    if of:
        datasets = ", ".join(dict.fromkeys(run.dataset for run in of))
        tested = all(TEST in run.rounds[-1]["scores"] for run in of)
        hint = "--split test shows scores that are free of it" if tested else "a test split would be free of it"
        yield (
            f"the validation scans of {datasets} also chose the best epoch of each round (learner.model_selection is "
            f"best), so their scores are too good; {hint}"
        )


def _chooses_epoch(run: RunRecord) -> bool:
    section = run.config.get("learner")
    return isinstance(section, dict) and section.get("model_selection") == "best"


def _one_split(found: RunSet, measure: Measure, comparison: Comparison) -> Iterator[str]:
    """Intervals over seeds are about the scans at hand."""
    if comparison.pairs["low"].notna().any():
        yield (
            f"intervals and tests are over seeds on one split of the scans of {', '.join(found.datasets)}: with other "
            f"{measure.split} scans differences may be others"
        )


def _units(found: RunSet) -> Iterator[str]:
    """A slice, a patch and a volume are not the same effort."""
    for dataset in found.datasets:
        units = sorted({str(run.config.get("loop", {}).get("unit", UNIT)) for run in only(found.runs, dataset)})
        if len(units) > 1:
            yield (
                f"runs on {dataset} query different units ({', '.join(units)}): slices annotated are not the same "
                "effort, and what is over them does not compare"
            )
