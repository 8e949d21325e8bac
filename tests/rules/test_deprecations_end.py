"""What is deprecated warns with the version in which it ends, and is gone by then."""

import ast
import tomllib
import warnings
from pathlib import Path

import pytest

from alcore.deprecation import warn_deprecated

ROOT = Path(__file__).parents[2]
PACKAGES = ("alcore", "cli", "plugins")


def parts(version):
    return tuple(int(part) for part in [*version.split("."), "0", "0"][:3])


def overdue(source, current):
    """What a module still deprecates in ``current`` though it ends there or ended before; a version must be literal."""
    found = []
    for node in ast.walk(ast.parse(source)):
        called = node.func if isinstance(node, ast.Call) else None
        if getattr(called, "id", getattr(called, "attr", "")) != "warn_deprecated":
            continue
        ends = next((keyword.value for keyword in node.keywords if keyword.arg == "ends"), None)
        if not (isinstance(ends, ast.Constant) and isinstance(ends.value, str)):
            found.append(f"line {node.lineno}: ends is no literal version")
        elif parts(ends.value) <= parts(current):
            found.append(f"line {node.lineno}: ends in {ends.value}")
    return found


def test_no_deprecation_outlives_its_version():
    current = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if ".venv" not in path.parts]
    late = {
        str(path.relative_to(ROOT)): found for path in modules if (found := overdue(path.read_text("utf-8"), current))
    }
    assert late == {}


def test_the_rule_finds_what_is_overdue():
    source = (
        "warn_deprecated('a', ends='0.3')\nalcore.deprecation.warn_deprecated('b', ends='0.2.1')\nother(ends='0.1')"
    )
    assert overdue(source, "0.2.0") == []
    assert overdue(source, "0.2.1") == ["line 2: ends in 0.2.1"]
    assert overdue(source, "1.0.0") == ["line 1: ends in 0.3", "line 2: ends in 0.2.1"]
    assert overdue("warn_deprecated('a', ends=version)", "0.1.0") == ["line 1: ends is no literal version"]


def test_a_deprecated_name_warns_where_it_is_used_with_the_version_and_the_way_out():
    def old_name():
        warn_deprecated("old_name()", ends="0.3", instead="new_name()")
        return 7

    with pytest.warns(DeprecationWarning, match="old_name") as caught:
        assert old_name() == 7
    (warning,) = caught
    assert str(warning.message) == "old_name() is deprecated and ends in alseg 0.3; use new_name() instead"
    assert warning.filename == __file__


def test_a_deprecation_without_a_version_is_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="'soon' is no version"):
            warn_deprecated("x", ends="soon")
