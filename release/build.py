"""Build an sdist and a wheel of every distribution into a folder: ``python release/build.py dist``.

The environment needs what the distributions are built with; ``check.py`` tells whether they state it all.
Built again from the same commit, the files are the same, byte for byte: their times are the commit's.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def commit_time() -> dict[str, str]:
    """This process's environment, in which files that are built get the time of the commit."""
    shown = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return {**os.environ, "SOURCE_DATE_EPOCH": shown.strip()}


def main() -> None:
    """Build all."""
    target = Path(sys.argv[1]).resolve()
    environment = commit_time()
    for project in (ROOT, *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))):
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", target, project]
        subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    main()
