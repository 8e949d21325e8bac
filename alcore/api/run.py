"""Run active learning from Python."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.api.configured import configure
from alcore.api.progress import watching
from alcore.api.result import Run, open_run
from alcore.api.stopped import saying_where
from alcore.moments import Moments
from alcore.registry import Registry

if TYPE_CHECKING:
    from alcore.api.configured import Estimate
    from alcore.store.reader import SliceStore

Section = str | Mapping[str, Any]
"""A component: its name, or its name and options as in a configuration file."""


def run(
    *,
    dataset: "Section | Path | SliceStore | None" = None,
    strategy: Section | None = None,
    annotator: Section | None = None,
    learner: Section | None = None,
    model: Section | None = None,
    loss: Section | None = None,
    protocol: str | None = None,
    replay: Path | str | None = None,
    config: Path | str | Mapping[str, Any] | None = None,
    out: Path | str | None = None,
    listeners: Sequence[Moments] = (),
    progress: bool = True,
    **settings: Any,
) -> Run:
    """Run active learning with one strategy on one dataset, as ``alseg run`` does, and return the finished run.

    Values come from the protocol, then ``config``, then the other arguments; later ones win.

    Args:
        dataset: name of a dataset or store, path of a store, or an open store.
        strategy: query strategy by name, or name and options: ``{"name": "entropy", "one_per_scan": False}``.
        annotator: who labels what it chooses, likewise.
        learner: what trains, likewise.
        model: segmentation network, likewise.
        loss: training loss, likewise.
        protocol: values to start from: ``less-is-more`` (the default), ``strong``, ``patches`` or ``demo``.
        replay: run directory whose queries are repeated, initial slices included: its configuration takes the
            protocol's place, and its strategy is not asked.
        config: a TOML file, or its content.
        out: run directory, which must not exist or be empty; a new one under ``runs/`` by default.
        listeners: told of every moment of the run.
        progress: show how it goes: in a notebook as bars, elsewhere as a line per round on stderr.
        settings: what ``alseg run`` has options for (``rounds``, ``budget``, ``initial``, ``epochs``, ``batch_size``,
            ``seed``, ``device``, ``deterministic``) and whole sections of the configuration:
            ``learner={"learning_rate": 1e-3}``.

    Raises:
        AlsegError: anything that the user can fix; rounds that were committed before stay readable.
        RunStopped: Ctrl-C stopped it.
    """
    given = {
        "dataset": _dataset(dataset),
        "strategy": strategy,
        "annotator": annotator,
        "learner": learner,
        "model": model,
        "loss": loss,
        **settings,
    }
    replayed = Path(replay) if replay else None
    configured = configure(_said(given), protocol=protocol, config=config, replay=replayed)
    return configured.start(_path(out), listeners=watching(listeners, progress))


def train(
    *,
    dataset: "Section | Path | SliceStore | None" = None,
    learner: Section | None = None,
    model: Section | None = None,
    loss: Section | None = None,
    protocol: str | None = None,
    config: Path | str | Mapping[str, Any] | None = None,
    out: Path | str | None = None,
    listeners: Sequence[Moments] = (),
    progress: bool = True,
    **settings: Any,
) -> Run:
    """Train once on all training scans, fully labelled, as ``alseg train`` does: what a curve is held against.

    The arguments are those of :func:`run`, but for what has to do with queries.

    Raises:
        AlsegError: anything that the user can fix.
    """
    given = {"dataset": _dataset(dataset), "learner": learner, "model": model, "loss": loss, **settings}
    configured = configure({"full_data": True, **_said(given)}, protocol=protocol, config=config)
    return configured.start(_path(out), listeners=watching(listeners, progress))


def estimate(
    *,
    dataset: "Section | Path | SliceStore | None" = None,
    strategy: Section | None = None,
    learner: Section | None = None,
    model: Section | None = None,
    loss: Section | None = None,
    protocol: str | None = None,
    config: Path | str | Mapping[str, Any] | None = None,
    **settings: Any,
) -> "Estimate":
    """Estimate time and memory of a run, as ``alseg run --dry-run`` does, from a few timed steps on copies.

    The arguments are those of :func:`run`; ``full_data=True`` asks for what :func:`train` would take.

    Raises:
        AlsegError: anything that the user can fix.
    """
    given = {
        "dataset": _dataset(dataset),
        "strategy": strategy,
        "learner": learner,
        "model": model,
        "loss": loss,
        **settings,
    }
    return configure(_said(given), protocol=protocol, config=config).estimate()


def resume(path: Path | str, *, listeners: Sequence[Moments] = (), progress: bool = True) -> Run:
    """Go on with the run in ``path`` after its last committed round, as ``alseg resume`` does.

    Raises:
        AlsegError: it is no run directory, its dataset changed, or another process is running it.
        RunStopped: Ctrl-C stopped it.
    """
    from alcore.runs.run import resume as go_on

    with saying_where(Path(path)):
        go_on(Path(path), Registry.installed(), listeners=watching(listeners, progress))
    return open_run(path)


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _path(out: Path | str | None) -> Path | None:
    return None if out is None else Path(out)


def _dataset(dataset: "Section | Path | SliceStore | None") -> Section | None:
    if dataset is None or isinstance(dataset, str | Mapping):
        return dataset
    return str(dataset if isinstance(dataset, Path) else dataset.path)
