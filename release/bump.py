"""Set the version of every distribution in this repository: ``python release/bump.py 0.2.0``.

Also moves the bounds between the distributions to the new minor release, and dates the changelog's unreleased part.
"""

import argparse
import datetime
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def bump(root: Path, version: str, today: datetime.date) -> list[Path]:
    """Rewrite the files below ``root`` that name the version; returns those that changed.

    Raises:
        ValueError: ``version`` is not of the form 1.2.3, or not newer than the present one.
    """
    major, minor, _ = _parts(version)
    old = re.search(r'^version = "(.+)"$', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert old is not None
    if _parts(version) <= _parts(old[1]):
        raise ValueError(f"{version} is not newer than {old[1]}")
    bounds = rf"\g<1>>={major}.{minor},<{major}.{minor + 1}"
    edits = {
        "pyproject.toml": [
            (r'^version = ".+"$', f'version = "{version}"'),
            (r'("alseg(?:-\w+)?)>=[\d.]+,<[\d.]+', bounds),
        ],
        "CITATION.cff": [(r"^version: .+$", f"version: {version}")],
        "CHANGELOG.md": [(r"^## \[Unreleased\]$", f"## [Unreleased]\n\n## [{version}] - {today.isoformat()}")],
    }
    paths = [root / "pyproject.toml", *sorted(root.glob("plugins/*/pyproject.toml")), *sorted(root.glob("C*.*"))]
    return [path for path in paths if path.name in edits and _rewrite(path, edits[path.name])]


def _parts(version: str) -> tuple[int, int, int]:
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is no version of the form 1.2.3")
    major, minor, patch = (int(part) for part in match.groups())
    return major, minor, patch


def _rewrite(path: Path, edits: list[tuple[str, str]]) -> bool:
    before = text = path.read_text(encoding="utf-8")
    for pattern, replacement in edits:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    return text != before


def main() -> None:
    """Bump, and show what changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    try:
        changed = bump(ROOT, parser.parse_args().version, datetime.datetime.now(datetime.UTC).date())
    except ValueError as error:
        parser.error(str(error))
    for path in changed:
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
