"""Writes a new plugin distribution from templates."""

from alseg.scaffold.names import PluginNames
from alseg.scaffold.write import KINDS, write_plugin

__all__ = ["KINDS", "PluginNames", "write_plugin"]
