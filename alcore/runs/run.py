"""Start a run in a new directory, or go on with one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from alcore.moments import Moments
from alcore.registry import Registry
from alcore.runs.config import RunConfig, resolve
from alcore.runs.directory import RunDirectory
from alcore.runs.environment import check_goes_on_the_same
from alcore.runs.estimate import Estimate, estimate_session
from alcore.runs.session import open_session

Told = Callable[[Estimate], None]


def start(
    config: RunConfig,
    registry: Registry,
    out: Path,
    *,
    listeners: Sequence[Moments] = (),
    told: Told | None = None,
    first: Path | None = None,
) -> RunDirectory:
    """Run ``config`` in the new directory ``out``.

    Args:
        config: what to run.
        registry: the installed components.
        out: the run directory; must not exist or be empty.
        listeners: told of every moment of the run.
        told: told of the estimate before round 0; None spares making it.
        first: run directory of round 0 alone, which this run shares; it is taken over instead of trained again.

    Raises:
        AlsegError: anything that the user can fix; what was committed before stays readable.
    """
    RunDirectory.check_free(out)
    with open_session(config, registry, out=out) as session:
        if told is not None:
            told(estimate_session(session))
        values = session.config.as_values()
        directory = RunDirectory.create(out, values, session.environment(), session.replayed)
        with directory.lock():
            session.run(directory, listeners, first)
    return directory


def resume(
    path: Path,
    registry: Registry,
    *,
    listeners: Sequence[Moments] = (),
    first: Path | None = None,
    wait: float = 0.0,
) -> RunDirectory:
    """Go on with the run in ``path`` after its last committed round.

    Args:
        path: the run directory.
        registry: the installed components.
        listeners: told of every moment of the run.
        first: as in :func:`start`, where the run was stopped before its own round 0.
        wait: seconds to wait while another process still holds the run.

    Raises:
        AlsegError: it is no run directory, its dataset changed, another process is running it, or it is deterministic
            and began on another device or with another torch.
    """
    directory = RunDirectory.open(path)
    config = resolve(directory.config(), registry)
    with directory.lock(wait=wait), open_session(config, registry, directory) as session:
        first_part, environment = directory.environment(), session.environment()
        if config.run.deterministic:
            check_goes_on_the_same(first_part, environment, path)
        directory.note_resumed(environment)
        session.run(directory, listeners, first)
    return directory


def estimate(config: RunConfig, registry: Registry) -> Estimate:
    """Estimate time and memory of ``config`` without running it."""
    with open_session(config, registry) as session:
        return estimate_session(session)
