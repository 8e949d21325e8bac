"""The text of a description, with comments for the person who is to check it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HEAD = """\
# Written by 'alseg data init' from what it found here. Check it, then convert:
#   alseg data convert folder --source DIR --name NAME

# Where the files are. {id}, {patient} and {visit} stand for a part of the path, * for any text.
"""


@dataclass(frozen=True)
class DescriptionText:
    """What is written.

    Args:
        images: patterns by channel; by the empty text if a file has all channels.
        labels: the pattern of the label maps.
        channels: names of the channels, where a file has all of them.
        classes: label value, or several, by class name.
        ignore: label values that count nowhere.
        exclude: ids of scans that are left out.
        validation: share or ids.
        test: share or ids.
        patient: regular expression of the patient in an id; empty for none.
    """

    images: Mapping[str, str]
    labels: str
    channels: Sequence[str]
    classes: Mapping[str, Sequence[int]]
    ignore: Sequence[int]
    exclude: Sequence[str]
    validation: float | Sequence[str]
    test: float | Sequence[str]
    patient: str

    def toml(self) -> str:
        """The whole text."""
        parts = [_HEAD, f"images = {self._images()}\n", f"labels = {_quoted(self.labels)}\n"]
        if self.channels:
            parts.append(f"channels = {_list(self.channels)}\n")
        if self.ignore:
            parts.append(f"ignore = {list(self.ignore)}\n")
        if self.exclude:
            parts.append(f"\n# Scans that are left out.\nexclude = {_list(self.exclude)}\n")
        parts.append("\n# Class name = label value.\n[classes]\n")
        for name, values in self.classes.items():
            parts.append(f"{_quoted(name)} = {values[0] if len(values) == 1 else list(values)}\n")
        parts.append(
            "\n# Which scans validate and test: a share of all, drawn by the seed, or a list of ids.\n[split]\n"
        )
        parts.append(f"validation = {_share(self.validation)}\ntest = {_share(self.test)}\nseed = 0\n")
        parts.append("# The group in parentheses is the patient's id: all scans of a patient stay together.\n")
        parts.append(f"patient = {_quoted(self.patient)}\n" if self.patient else "# patient = '^(\\w+?)_'\n")
        return "".join(parts)

    def _images(self) -> str:
        if "" in self.images:
            return _quoted(self.images[""])
        return "{ " + ", ".join(f"{_quoted(name)} = {_quoted(text)}" for name, text in self.images.items()) + " }"


def _share(share: float | Sequence[str]) -> str:
    return str(share) if isinstance(share, float) else _list(share)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """``text`` as TOML has it, which escapes as JSON does."""
    return json.dumps(text, ensure_ascii=False)
