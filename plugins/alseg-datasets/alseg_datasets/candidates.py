"""The ways to see a path as a pattern with placeholders."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from alseg_datasets.patterns import Key
from alseg_datasets.tree import suffix_of

_MOST_FOLDERS = 2
_MOST_BOUNDARIES = 10
_SEPARATORS = "_-. "
_START = re.compile(rf"(?<=[{re.escape(_SEPARATORS)}])|(?<=[^\W\d])(?=\d)")
_END = re.compile(rf"(?=[{re.escape(_SEPARATORS)}])")


def candidates(path: str) -> Iterator[tuple[str, Key]]:
    """Patterns that match ``path``, each with what the placeholders would stand for.

    One or two of its folders may stand for the scan, wherever they recur in it, and a part of its file name between
    separators, or from a digit on.
    """
    *folders, file = path.split("/")
    suffix = suffix_of(file)
    stem = file[: len(file) - len(suffix)]
    for count in range(min(_MOST_FOLDERS, len(folders)) + 1):
        for chosen in combinations(folders, count):
            if len(set(chosen)) == count:
                yield from _with_folders(folders, stem, suffix, chosen)


def _with_folders(folders: list[str], stem: str, suffix: str, chosen: Sequence[str]) -> Iterator[tuple[str, Key]]:
    for pieces, part in _stems(stem, chosen):
        names = ["patient", "visit"][: len(chosen)] if part or len(chosen) > 1 else ["id"][: len(chosen)]
        if not names and not part:
            continue
        of_value = dict(zip(chosen, names, strict=True))
        key = Key(**{name: value for value, name in of_value.items()}, **({"id": part} if part else {}))
        above = [f"{{{of_value[folder]}}}" if folder in of_value else folder for folder in folders]
        text = "".join(f"{{{of_value[piece]}}}" if is_value else piece for piece, is_value in pieces)
        yield "/".join([*above, text + suffix]), key


def _stems(stem: str, values: Sequence[str]) -> Iterator[tuple[list[tuple[str, bool]], str]]:
    """Ways to see a file's name: its pieces, each with whether it is one of ``values``, and the part that is the id."""
    pieces = _split_at(stem, values)
    yield pieces, ""
    for place, (piece, is_value) in enumerate(pieces):
        if is_value:
            continue
        starts = [0, *(match.start() for match in _START.finditer(piece))][:_MOST_BOUNDARIES]
        ends = [*(match.start() for match in _END.finditer(piece)), len(piece)][-_MOST_BOUNDARIES:]
        for start in starts:
            for end in ends:
                part = piece[start:end]
                if part.strip(_SEPARATORS) == part and part:
                    new = [(piece[:start], False), ("{id}", False), (piece[end:], False)]
                    yield [*pieces[:place], *new, *pieces[place + 1 :]], part


def _split_at(stem: str, values: Sequence[str]) -> list[tuple[str, bool]]:
    """``stem`` cut where one of ``values`` stands between separators."""
    if not values:
        return [(stem, False)]
    longest_first = sorted(values, key=len, reverse=True)
    regex = rf"(?<![^\W_])({'|'.join(map(re.escape, longest_first))})(?![^\W_])"
    return [(piece, place % 2 == 1) for place, piece in enumerate(re.split(regex, stem)) if piece]
