"""Writes a new plugin distribution from templates."""

from alseg.scaffold.names import PluginNames
from alseg.scaffold.write import write_plugin

__all__ = ["PluginNames", "write_plugin"]
