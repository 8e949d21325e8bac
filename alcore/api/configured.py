"""A run that is configured and checked, and can be looked at before it is started."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.api.result import Run, open_run
from alcore.api.stopped import saying_where
from alcore.moments import Moments
from alcore.registry import Registry
from alcore.runs.config import RunConfig, resolve
from alcore.runs.layers import DEFAULT_PROTOCOL, config_values, layered, protocol_values
from alcore.runs.run_path import run_path

if TYPE_CHECKING:
    from alcore.runs.estimate import Estimate

__all__ = ["DEFAULT_PROTOCOL", "ConfiguredRun", "Estimate", "configure", "protocol_values", "resolve"]


@dataclass(frozen=True)
class ConfiguredRun:
    """A run whose configuration is whole: every value is known, of its type and within its bounds.

    Args:
        config: what is to run.
        registry: the installed components.
    """

    config: RunConfig
    registry: Registry

    def as_toml(self) -> str:
        """The configuration with every default spelt out."""
        import tomli_w

        return tomli_w.dumps(self.config.as_values())

    def as_commented_toml(self) -> str:
        """The same as a file to be changed: what each option means stands above it."""
        from alcore.runs.commented import commented

        return commented(self.config)

    def unconverted_dataset(self) -> str | None:
        """The dataset, if it has to be converted from a source folder and has no store yet; else None."""
        from alcore.conversion.ensure import unconverted

        return unconverted(self.config.dataset, self.registry)

    def estimate(self) -> "Estimate":
        """Time a few steps on copies, and say what the whole run will take.

        Raises:
            AlsegError: the data are not there, or a component does not fit them.
        """
        from alcore.runs.run import estimate

        return estimate(self.config, self.registry)

    def start(
        self,
        out: Path | None = None,
        *,
        listeners: Sequence[Moments] = (),
        told: "Callable[[Estimate], None] | None" = None,
    ) -> Run:
        """Run it to the end.

        Args:
            out: run directory, which must not exist or be empty; a new one under ``runs/`` by default.
            listeners: told of every moment of the run.
            told: told of the estimate before round 0; None spares making it.

        Raises:
            AlsegError: anything that the user can fix; what was committed before stays readable.
            RunStopped: Ctrl-C stopped it.
        """
        from alcore.runs.run import start

        with run_path(out, self.config) as path:
            with saying_where(path):
                start(self.config, self.registry, path, listeners=listeners, told=told)
            return open_run(path)


def configure(
    given: Mapping[str, Any],
    *,
    protocol: str | None = None,
    config: Path | str | Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
    replay: Path | None = None,
) -> ConfiguredRun:
    """Put the values of a run together and check them; later ones win: protocol, ``config``, ``given``, ``settings``.

    Args:
        given: values by their short names, such as ``rounds`` or ``strategy``, or whole sections.
        protocol: values to start from: ``less-is-more`` (the default) or ``demo``.
        config: a TOML file, or its content.
        settings: texts such as ``strategy.one_per_scan=false``.
        replay: run directory whose queries are repeated: its configuration takes the protocol's place.

    Raises:
        AlsegError: a value is unknown, of another type or out of bounds, or a component is not there.
    """
    registry = Registry.installed()
    values = layered(given, protocol=protocol, config=config_values(config), settings=settings, replay=replay)
    return ConfiguredRun(resolve(values, registry), registry)
