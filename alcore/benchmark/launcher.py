"""The launcher of a benchmark."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from alcore.contracts import Launcher
from alcore.guards.guarded import GuardedLauncher
from alcore.guards.time_limit import LONGEST
from alcore.registry import Registry
from alcore.registry.component import parse_options
from alcore.specs import LauncherSpec, Options


class LimitOptions(Options):
    """What can be set of every launcher."""

    outcome_seconds: float | None = Field(
        None,
        gt=0,
        le=LONGEST,
        description="Most seconds from the end of one job to that of the next; then the benchmark stops. Default: no "
        "limit.",
    )


def build_launcher(section: Mapping[str, Any], registry: Registry) -> Launcher:
    """Build the launcher that ``section`` names, with its options.

    Raises:
        AlsegError: there is no such launcher, or an option does not fit.
    """
    options = dict(section)
    component = registry.get(LauncherSpec, str(options.pop("name")))
    of_all = {name: options.pop(name) for name in LimitOptions.model_fields if name in options}
    limit = parse_options(LimitOptions, of_all, label="the launcher", key="launcher").outcome_seconds
    launcher: GuardedLauncher = registry.build(component, component.parse_options(options))
    launcher.outcome_seconds = limit
    return launcher
