"""TOML and JSON from elsewhere, read in one way: a BOM is skipped, and whatever is wrong is one sentence."""

import json
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from alcore.errors import AlsegError
from alcore.files import read_bytes

MOST_NESTED = 16
"""How deep tables and lists may lie within each other."""

_MOST_BYTES = 2**26
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        AlsegError: it is missing, no file, too large, not UTF-8, or no TOML; see :func:`parse_toml`.
    """
    content: dict[str, Any] = _read(path, "TOML", parse_toml)
    return content


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        AlsegError: it is missing, no file, too large, not UTF-8, or no JSON; see :func:`parse_json`.
    """
    return _read(path, "JSON", parse_json)


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ValueError: it is no TOML, an integer has more than TOML's 64 bits, or tables and lists lie too deep within each
            other.
    """
    table: dict[str, Any] = _bounded(text, tomllib.loads)
    return table


def parse_json(text: str) -> Any:
    """Parse JSON, in the same bounds as TOML.

    Raises:
        ValueError: it is no JSON, it gives a key twice, or as of :func:`parse_toml`.
    """
    return _bounded(text, lambda text: json.loads(text, object_pairs_hook=_table))


def _read(path: Path, language: str, parse: Callable[[str], Any]) -> Any:
    refused = f"{path} cannot be read as {language}"
    content = read_bytes(path, most=_MOST_BYTES)
    try:
        return parse(content.removeprefix(_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what = "it is UTF-16" if content.startswith(_UTF_16) else f"line {line} is not UTF-8"
        raise AlsegError(f"{refused}: {what}", hint="save it as UTF-8") from error
    except ValueError as error:
        raise AlsegError(f"{refused}: {error}") from error


def _bounded(text: str, parse: Callable[[str], Any]) -> Any:
    too_deep = ValueError(f"tables and lists lie more than {MOST_NESTED} deep within each other")
    too_large = ValueError("an integer has more than 64 bits")
    try:
        content = parse(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, _TwiceError):
        raise
    except RecursionError:
        raise too_deep from None
    except ValueError:  # Python's limit on digits
        raise too_large from None
    level: list[Any] = [content]
    for _ in range(MOST_NESTED + 1):
        if any(isinstance(item, int) and not -(2**63) <= item < 2**63 for item in level):
            raise too_large
        level = [inner for item in level if isinstance(item, dict | list) for inner in _items(item)]
    if level:
        raise too_deep
    return content


class _TwiceError(ValueError):
    """A key is given twice."""


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"it gives the key {twice[:80]!r} twice")
    return table


def _items(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
