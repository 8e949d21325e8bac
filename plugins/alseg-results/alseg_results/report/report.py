"""From a folder of runs to the page and its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alcore import AlsegError
from alcore.files import write_text
from alcore.registry import Registry
from alseg_results.labels import STRATEGY
from alseg_results.overview import look_at
from alseg_results.report.figures import write_figures
from alseg_results.report.page import Page, Shown, render, strategies_shown
from alseg_results.report.sections import (
    comparison,
    control,
    costs,
    curves,
    pseudo_labels,
    runs,
    scans,
    scores,
    selections,
)
from alseg_results.report.subject import Subject


@dataclass(frozen=True)
class Report:
    """What was written.

    Args:
        path: the page.
        figures: the figures, PNG and SVG.
        notices: what is missing or to be read with care, a sentence each.
    """

    path: Path
    figures: tuple[Path, ...]
    notices: tuple[str, ...]


def write_report(
    folder: Path,
    out: Path,
    registry: Registry,
    *,
    figures: Path | None = None,
    metric: str | None = None,
    split: str | None = None,
    by: str = STRATEGY,
) -> Report:
    """Write the report on the runs of a folder as one HTML page that works offline.

    Args:
        folder: of a benchmark, of runs, or one run.
        out: the page; what is there is replaced as a whole, at the end.
        registry: the installed components, which know which way a metric points.
        figures: a folder for the figures as PNG and SVG; None writes none.
        metric: of the tables and comparisons; Dice by default, or the runs' first one where none measured it.
        split: ``validation`` (default) or ``test``.
        by: what is compared: ``strategy``, ``model``, ``loss.gamma`` ...; several after commas.

    Raises:
        AlsegError: there are no results, no such scores, or a file cannot be written.
    """
    if out.is_dir():
        raise AlsegError(f"{out} is a folder, not a file for the report", hint=f"--out {out / 'report.html'}")
    if not out.absolute().parent.is_dir():
        raise AlsegError(f"there is no folder {out.parent} for the report", hint="make it, or choose another --out")
    subject = Subject(look_at(folder, registry, metric=metric, split=split, by=by))
    if all(run.full_data for run in subject.runs):
        raise AlsegError(
            f"{folder} holds full-data runs alone, and there is no strategy to report on",
            hint="give the folder of a benchmark, or of runs with a strategy",
        )
    page = make_page(subject)
    write_text(out, render(page))
    written = write_figures(page, figures, subject.measure) if figures else []
    return Report(out, tuple(written), page.notices)


def make_page(subject: Subject) -> Page:
    """The page on some runs."""
    sections = (
        curves.section(subject),
        control.section(subject),
        scores.section(subject),
        scans.section(subject),
        comparison.section(subject),
        selections.section(subject),
        pseudo_labels.section(subject),
        costs.section(subject),
        runs.section(subject),
    )
    return Page(
        title=_title(subject),
        lead=_lead(subject),
        made=datetime.now(UTC).strftime("%d %B %Y").lstrip("0"),
        notices=(*_cautions(subject), *(f"{note.rstrip('.')}." for note in subject.overview.notes)),
        datasets=tuple(Shown(name, subject.title(name)) for name in subject.results.datasets),
        strategies=strategies_shown(subject.strategies),
        choices=curves.choices(subject),
        sections=tuple(section for section in sections if section is not None),
    )


def _title(subject: Subject) -> str:
    datasets = subject.results.datasets
    data = subject.title(datasets[0]) if len(datasets) == 1 else f"{len(datasets)} datasets"
    if len(datasets) > 1 and set(datasets) <= set(subject.results.synthetic):
        data += " (synthetic data)"
    strategies = subject.strategies
    what = f"{strategies[0]}" if len(strategies) == 1 else f"{len(strategies)} strategies"
    return f"Active learning with {what} on {data}"


def _lead(subject: Subject) -> tuple[str, ...]:
    seeds = sorted({run.seed for run in subject.runs})
    rounds = max(run.rounds[-1]["round"] for run in subject.runs)
    counts = [
        _count(len(subject.runs), "run"),
        f"{_count(len(seeds), 'seed')} ({', '.join(map(str, seeds[:12]))}{', …' if len(seeds) > 12 else ''})",
        f"{_count(rounds, 'round')} after round 0",
    ]
    if subject.results.full_data:
        counts.append(_count(len(subject.results.full_data), "full-data run"))
    names = ", ".join(map(subject.title, subject.results.datasets))
    return (f"{'; '.join(counts)}. Data: {names}.", f"Tables and comparisons are of {subject.measure.title}.")


def _cautions(subject: Subject) -> Sequence[str]:
    """What a reader has to know about a page on so few runs."""
    cautions = []
    if len({run.seed for run in subject.runs}) == 1:
        cautions.append("There is a single seed: no spread can be shown, and no difference can be told from chance.")
    if len(subject.strategies) == 1:
        cautions.append("There is one strategy only, so nothing is compared.")
    if subject.measure.higher_is_better is None:
        cautions.append(
            f"No installed plugin says which way {subject.measure.metric} points, so no best score stands out."
        )
    return cautions


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
