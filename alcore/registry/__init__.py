"""What is installed: discovery, loading and lookup of plugins and the components they offer."""

from alcore.registry.component import Component, parse_options
from alcore.registry.describe import (
    OptionDescription,
    describe_component,
    describe_installed,
    describe_options,
)
from alcore.registry.discovery import BLOCK_VARIABLE, Found, blocked_names, discover
from alcore.registry.loading import PluginRecord, load_plugins, seconds_allowed
from alcore.registry.registry import Registry

__all__ = [
    "BLOCK_VARIABLE",
    "Component",
    "Found",
    "OptionDescription",
    "PluginRecord",
    "Registry",
    "blocked_names",
    "describe_component",
    "describe_installed",
    "describe_options",
    "discover",
    "load_plugins",
    "parse_options",
    "seconds_allowed",
]
