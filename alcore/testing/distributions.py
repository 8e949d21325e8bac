"""Write an installed distribution to a folder, so that discovery can be tested for real."""

import textwrap
from pathlib import Path

from alcore.hookspecs import PROJECT_NAME


def write_distribution(folder: Path, name: str, source: str, *, version: str = "1.0", plugin: str = "") -> str:
    """Write a distribution with one plugin module; with ``folder`` on the import path it counts as installed.

    Args:
        folder: a folder that is, or will be, on the import path; made if need be.
        name: the distribution's name.
        source: the text of its plugin module; indentation common to all lines is taken off.
        version: the distribution's version.
        plugin: the entry point's name; the distribution's name if empty.

    Returns:
        The name of the plugin module.
    """
    module = name.replace("-", "_")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{PROJECT_NAME}]\n{plugin or name} = {module}\n", encoding="utf-8")
    return module
