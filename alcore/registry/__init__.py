"""What is installed: discovery, loading and lookup of plugins and the components they offer."""

from alcore.registry.component import Component
from alcore.registry.discovery import Found, discover
from alcore.registry.loading import PluginRecord, load_plugins
from alcore.registry.registry import Registry

__all__ = ["Component", "Found", "PluginRecord", "Registry", "discover", "load_plugins"]
