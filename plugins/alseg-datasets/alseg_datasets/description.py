"""The TOML file by which a folder of one's own says what is in it."""

import hashlib
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, field_validator, model_validator

from alcore import AlsegError
from alseg_datasets.options import Millimetres

FILE_NAME = "alseg.toml"
ID = "{id}"

Share = float | tuple[str, ...]
_MOST_CLASSES = 254
"""Class numbers are stored in a byte, whose last two values have another meaning."""
_BEYOND = 2**53

SplitName = Literal["train", "validation", "test"]


class Part(BaseModel):
    """A part of the description; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SplitRule(Part):
    """Which scans validate and test: a share of all, drawn by the seed, or a list of ids."""

    validation: Share = 0.2
    test: Share = 0.0
    seed: int = 0
    patient: str = ""

    @field_validator("validation", "test")
    @classmethod
    def _is_share(cls, value: Share) -> Share:
        if isinstance(value, float) and not 0.0 <= value < 1.0:
            raise ValueError("must be a share from 0 to below 1, or a list of scan ids")
        return value

    @field_validator("patient")
    @classmethod
    def _has_a_group(cls, value: str) -> str:
        try:
            groups = re.compile(value).groups
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        if value and groups != 1:
            raise ValueError("must have one group in parentheses, which is the patient's id")
        return value

    def assign(self, ids: list[str]) -> dict[str, SplitName]:
        """Split by scan id; all scans of a patient fall into one split.

        Raises:
            AlsegError: a listed id does not exist or is listed twice, or ``patient`` does not match an id.
        """
        groups = {name: self.patient_of(name) or name for name in ids}
        split: dict[str, SplitName] = dict.fromkeys(ids, "train")
        free = sorted(set(groups.values()), key=lambda group: hashlib.sha256(f"{self.seed}:{group}".encode()).digest())
        n_groups = len(free)
        for kind, share in (("validation", self.validation), ("test", self.test)):
            if isinstance(share, float):
                taken = free[: max(round(share * n_groups), 1) if share else 0]
                chosen = [name for name in ids if groups[name] in taken]
            else:
                chosen = list(share)
            for name in chosen:
                if split.get(name) != "train":
                    reason = "is in two splits" if name in split else "does not exist"
                    raise AlsegError(f"{FILE_NAME}, split.{kind}: the scan {name!r} {reason}")
                split[name] = "validation" if kind == "validation" else "test"
            free = [group for group in free if group not in {groups[name] for name in chosen}]
        return split

    def patient_of(self, name: str) -> str:
        """The patient that a scan's id names; empty where ``patient`` is not set.

        Raises:
            AlsegError: ``patient`` does not match the id.
        """
        if not self.patient:
            return ""
        match = re.search(self.patient, name)
        if match is None:
            raise AlsegError(f"{FILE_NAME}, split.patient: {self.patient!r} does not match the scan {name!r}")
        return match[1]


class Description(Part):
    """What is in a folder. Paths are relative to it; ``{id}`` stands for the scan's id.

    ``classes`` has the label value of each class, ``ignore`` those of voxels that count nowhere. ``spacing`` is
    millimetres along (slices, rows, columns), of pictures that tell none.
    """

    images: str | dict[str, str]
    labels: str
    classes: dict[str, StrictInt] = Field(min_length=2, max_length=_MOST_CLASSES)
    ignore: tuple[StrictInt, ...] = ()
    spacing: tuple[Millimetres, Millimetres, Millimetres] | None = None
    channels: tuple[str, ...] = ("image",)
    slice_axis: Literal["x", "y", "z"] = "z"
    licence: str = ""
    reference: str = ""
    split: SplitRule = SplitRule()

    @field_validator("images", "labels")
    @classmethod
    def _has_an_id(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for pattern in value.values() if isinstance(value, dict) else (value,):
            if pattern.count(ID) != 1:
                raise ValueError(f"must contain {ID} once, not {pattern!r}")
        return value

    @field_validator("classes")
    @classmethod
    def _has_a_background(cls, value: dict[str, int]) -> dict[str, int]:
        if 0 not in value.values():
            raise ValueError("must name the background, label value 0")
        if len(set(value.values())) < len(value):
            raise ValueError("must have different label values")
        if not all(abs(number) < _BEYOND for number in value.values()):
            raise ValueError("must have label values of less than 64 bits")
        return value

    @field_validator("ignore", mode="before")
    @classmethod
    def _may_be_one(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _ignores_no_class(self) -> Self:
        named = {number: name for name, number in self.classes.items()}
        for value in self.ignore:
            if value in named:
                raise ValueError(f"the label value {value} is ignored, but is also the class {named[value]!r}")
        return self


def read_description(folder: Path) -> Description:
    """Read the description in ``folder``.

    Raises:
        AlsegError: there is none, it is no TOML, or a key is unknown, missing or unusable.
    """
    path = folder / FILE_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AlsegError(
            f"{folder} has no {FILE_NAME}", hint=f"alseg data init {folder}   writes a first one"
        ) from error
    except (OSError, ValueError) as error:
        raise AlsegError(f"{path} cannot be read as TOML: {error}") from error
    try:
        return Description.model_validate(content)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            part = SplitRule if key.startswith("split.") else Description
            near = get_close_matches(key.rpartition(".")[2], part.model_fields, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"its keys are: {', '.join(part.model_fields)}"
            raise AlsegError(f"{path} has the unknown key {key!r}", hint=hint) from error
        if fault["type"] == "missing":
            raise AlsegError(f"{path} lacks the key {key!r}") from error
        raise AlsegError(f"{path}, key {key!r}: {fault['msg']}") from error
