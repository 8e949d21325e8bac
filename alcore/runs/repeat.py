"""Start a run again from its directory, and see whether the numbers agree."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alcore.errors import AlsegError
from alcore.moments import Moments
from alcore.registry import Registry
from alcore.runs.comparison import RoundComparison, compare_runs
from alcore.runs.config import RunConfig, resolve
from alcore.runs.directory import RunDirectory
from alcore.runs.environment import environment_differences
from alcore.runs.run import Told, start
from alcore.runs.session import check_same_data, open_config_store


@dataclass(frozen=True)
class Repetition:
    """What came of repeating a run.

    Args:
        original: the run that was repeated.
        directory: the new run.
        rounds: the comparison of every committed round of the original.
        changed: what differs between the two environments: then and now, by name.
    """

    original: RunDirectory
    directory: RunDirectory
    rounds: list[RoundComparison]
    changed: Mapping[str, tuple[str, str]]

    @property
    def identical(self) -> bool:
        """Whether every number agrees bit for bit."""
        return all(comparison.identical for comparison in self.rounds)


def repeatable_config(original: RunDirectory, registry: Registry) -> RunConfig:
    """The configuration of a run, on the device that it ran on.

    Raises:
        AlsegError: it has no committed round, or a component is no longer there.
    """
    if not original.rounds():
        raise AlsegError(
            f"{original.path} has no committed round to compare with", hint=f"alseg resume {original.path}   first"
        )
    config = resolve(original.config(), registry)
    device = original.environment()["hardware"]["device"]
    return config.model_copy(update={"run": config.run.model_copy(update={"device": device})})


def repeat(
    original: RunDirectory,
    registry: Registry,
    out: Path,
    *,
    listeners: Sequence[Moments] = (),
    told: Told | None = None,
) -> Repetition:
    """Run the configuration of ``original`` again in the new directory ``out``: same data, seed, device and threads.

    Raises:
        AlsegError: the dataset or device is not the same, or whatever stops a run; see :func:`alcore.runs.run.start`.
    """
    config = repeatable_config(original, registry)
    RunDirectory.check_free(out)
    with closing(open_config_store(config, registry)) as store:
        check_same_data(original, store)
    directory = start(config, registry, out, listeners=listeners, told=told)
    changed = environment_differences(original.environment(), directory.environment())
    return Repetition(original, directory, compare_runs(original, directory), changed)
