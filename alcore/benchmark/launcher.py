"""The launcher of a benchmark."""

from collections.abc import Mapping
from typing import Any

from alcore.contracts import Launcher
from alcore.registry import Registry
from alcore.specs import LauncherSpec


def build_launcher(section: Mapping[str, Any], registry: Registry) -> Launcher:
    """Build the launcher that ``section`` names, with its options.

    Raises:
        AlsegError: there is no such launcher, or an option does not fit.
    """
    options = dict(section)
    component = registry.get(LauncherSpec, str(options.pop("name")))
    launcher: Launcher = registry.build(component, component.parse_options(options))
    return launcher
