"""Whoever starts something builds the registry, once, and passes it on."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

ENTRY_POINTS = (
    "cli/alseg/commands",
    "cli/alseg/completing.py",
    "cli/alseg/installed.py",
    "alcore/api",
    "alcore/benchmark/job.py",  # a process of its own
    "alcore/testing/strategy.py",
)


def test_only_entry_points_build_the_registry():
    building = [
        path.relative_to(ROOT).as_posix()
        for folder in ("alcore", "cli/alseg")
        for path in (ROOT / folder).rglob("*.py")
        if "Registry.installed()" in path.read_text("utf-8")
    ]
    assert building
    assert [path for path in building if not path.startswith(ENTRY_POINTS)] == []
