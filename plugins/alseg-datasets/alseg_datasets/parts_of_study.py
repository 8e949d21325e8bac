"""Folders and names that say something about a study: its sites, its splits, the visits of a patient."""

import re
from collections.abc import Iterable

from alseg_datasets.layout import Layout
from alseg_datasets.patterns import IDENTITY, Key
from alseg_datasets.split_rule import SplitName

_SPLITS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training", "tr"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "va", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "ts"), "test"),
}
_VISIT = r"(?:ses(?:sion)?|visit|v|tp?|time(?:point)?|scan|day|d|week|w|month|m|frame|fu|followup|pre|post|baseline|bl)"
_IS_VISIT = re.compile(rf"{_VISIT}[-_ ]?\d*|\d{{6,14}}", re.IGNORECASE)
_VISIT_IN_ID = rf"^(.+?)[-_. ](?i:{_VISIT}[-_]?\d*|\d{{8}})$"
_BRATS = r"^(BraTS-\w+-\d+)-\d+$"
_MOST_SITES = 5
_SCANS_PER_SITE = 3


def without_sites(layout: Layout) -> Layout | None:
    """The layout with ``*`` in place of ``{patient}``, if that stands for sites or splits; None if it does not."""
    sites = {key.patient for key in layout.keys}
    rest = {(key.visit, key.id) for key in layout.keys}
    whole = all(
        pattern.split("/").count("{patient}") == 1 == pattern.count("{patient}")
        for pattern in (*layout.images, *layout.labels)
    )
    few = len(sites) <= _MOST_SITES and len(layout.keys) >= _SCANS_PER_SITE * len(sites)
    visits = all(_IS_VISIT.fullmatch(key.visit or key.id) for key in layout.keys)
    are_sites = split_names(sites) is not None or (few and not visits)
    if not whole or len(rest) < len(layout.keys) or not are_sites:
        return None
    both = any(key.visit and key.id for key in layout.keys)

    def text(pattern: str) -> str:
        return pattern.replace("{patient}", "*").replace("{visit}", "{patient}" if both else "{id}")

    keys = {
        Key(patient=key.visit, id=key.id) if both else Key(id=key.visit or key.id): key.patient for key in layout.keys
    }
    return Layout(tuple(map(text, layout.images)), tuple(map(text, layout.labels)), frozenset(keys), keys)


def split_names(folders: Iterable[str]) -> dict[str, SplitName] | None:
    """The split that each folder's name says; None if one says none, or all the same."""
    found = {folder: _SPLITS.get(folder.lower()) for folder in folders}
    named = {folder: split for folder, split in found.items() if split is not None}
    return named if len(named) == len(found) and len(set(named.values())) > 1 else None


def patient_regex(layout: Layout, ids: list[str]) -> str:
    """The regular expression of the patient in ids such as ``P01_visit2``; empty if they do not look so."""
    if any(name != "id" and f"{{{name}}}" in layout.labels[0] for name in IDENTITY):
        return ""
    for regex in (_VISIT_IN_ID, _BRATS):
        matches = [re.search(regex, name) for name in ids]
        if all(matches) and len({match[1] for match in matches if match}) > 1:
            return regex
    return ""
