"""Check what was built: ``python release/check.py dist``, in an environment into which its wheels were installed.

Every plugin must load there, though nothing that a listing does not need is installed; and a distribution built again
with nothing but what it states to need for that must be the same file, byte for byte.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from build import commit_time

from alcore.registry import Registry

ROOT = Path(__file__).parents[1]
BUILT_AGAIN = (ROOT, ROOT / "plugins" / "alseg-strategies")


def check_plugins(dist: Path) -> None:
    """Check that each wheel brought a plugin that loads from where it was installed."""
    records = Registry.installed().records
    broken = [f"{record.found.origin}: {record.error}" for record in records if record.state != "active"]
    assert not broken, broken
    expected = {path.name.partition("-")[0].replace("_", "-") for path in dist.glob("*.whl")}
    assert {record.found.distribution for record in records} == expected


def check_reproducible(dist: Path) -> None:
    """Build two distributions again, in environments of their own, and compare the files."""
    with tempfile.TemporaryDirectory() as folder:
        for project in BUILT_AGAIN:
            command = [sys.executable, "-m", "build", "--outdir", folder, project]
            subprocess.run(command, check=True, env=commit_time(), stdout=subprocess.DEVNULL)
        for path in Path(folder).iterdir():
            assert digest(path) == digest(dist / path.name), f"{path.name} differs when it is built again"


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Check all."""
    dist = Path(sys.argv[1]).resolve()
    check_plugins(dist)
    check_reproducible(dist)
    print("every plugin loads from its wheel; built again, the files are the same")


if __name__ == "__main__":
    main()
