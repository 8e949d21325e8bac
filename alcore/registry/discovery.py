"""Find plugins without importing any."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

from alcore.hookspecs import PROJECT_NAME

BLOCK_VARIABLE = "ALSEG_BLOCK_PLUGINS"
"""Environment variable: plugin or distribution names, comma-separated, that are not to be imported."""


@dataclass(frozen=True, order=True)
class Found:
    """An entry point of group ``alseg``: not imported yet.

    Args:
        plugin: the entry point's name.
        module: the module it points at.
        distribution: the installed distribution that declares it.
        version: that distribution's version.
    """

    plugin: str
    module: str
    distribution: str
    version: str


def discover() -> list[Found]:
    """List the installed plugins, sorted by name; imports none of them."""
    return sorted(
        {
            Found(
                plugin=point.name,
                module=point.value,
                distribution=point.dist.name if point.dist else "unknown",
                version=point.dist.version if point.dist else "unknown",
            )
            for point in metadata.entry_points(group=PROJECT_NAME)
        }
    )


def blocked_names() -> frozenset[str]:
    """The names that the user blocks through ``ALSEG_BLOCK_PLUGINS``."""
    return frozenset(_normalised(os.environ.get(BLOCK_VARIABLE, "").split(",")))


def is_blocked(found: Found, blocked: Iterable[str]) -> bool:
    """Whether a plugin is blocked by its own name or by its distribution's."""
    return not set(_normalised((found.plugin, found.distribution))).isdisjoint(blocked)


def _normalised(names: Iterable[str]) -> list[str]:
    return [name.strip().lower().replace("_", "-") for name in names if name.strip()]
