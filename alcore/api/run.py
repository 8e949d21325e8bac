"""Run active learning from Python."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.api.progress import watching
from alcore.api.result import Run, open_run
from alcore.engine.moments import Moments
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import config_values, layered
from alcore.runs.run_path import run_path

if TYPE_CHECKING:
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
        protocol: values to start from: ``less-is-more`` (the default) or ``demo``.
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
    values = {name: value for name, value in given.items() if value is not None}
    registry = Registry.installed()
    replayed = Path(replay) if replay else None
    chosen = resolve(layered(values, protocol=protocol, config=config_values(config), replay=replayed), registry)

    from alcore.runs.run import start

    with run_path(None if out is None else Path(out), chosen) as path:
        start(chosen, registry, path, listeners=watching(listeners, progress))
    return open_run(path)


def resume(path: Path | str, *, listeners: Sequence[Moments] = (), progress: bool = True) -> Run:
    """Go on with the run in ``path`` after its last committed round, as ``alseg resume`` does.

    Raises:
        AlsegError: it is no run directory, its dataset changed, or another process is running it.
    """
    from alcore.runs.run import resume as go_on

    go_on(Path(path), Registry.installed(), listeners=watching(listeners, progress))
    return open_run(path)


def _dataset(dataset: "Section | Path | SliceStore | None") -> Section | None:
    if dataset is None or isinstance(dataset, str | Mapping):
        return dataset
    return str(dataset if isinstance(dataset, Path) else dataset.path)
