"""Which scans of a folder validate and test."""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from alcore import AlsegError

SplitName = Literal["train", "validation", "test"]
Share = float | tuple[str, ...]
_MOST = 1 << 63


class Part(BaseModel):
    """A part of a description; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SplitRule(Part):
    """Which scans validate and test: a share of all, drawn by the seed, or a list of ids."""

    validation: Share = 0.2
    test: Share = 0.0
    seed: Annotated[int, Field(ge=-_MOST, lt=_MOST)] = 0
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
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(f"is no regular expression: {error}") from error
        if value and groups != 1:
            raise ValueError("must have one group in parentheses, which is the patient's id")
        return value

    def assign(self, patients: Mapping[str, str], file: str) -> dict[str, SplitName]:
        """Split by scan id. A share is one of the patients, who are drawn with all of their scans.

        Args:
            patients: the patient of each scan; empty for a scan that is alone.
            file: the description's name, for messages.

        Raises:
            AlsegError: a listed id does not exist or is listed twice.
        """
        groups = {name: patient or name for name, patient in patients.items()}
        split: dict[str, SplitName] = dict.fromkeys(patients, "train")
        free = sorted(set(groups.values()), key=lambda group: hashlib.sha256(f"{self.seed}:{group}".encode()).digest())
        n_groups = len(free)
        for kind, share in (("validation", self.validation), ("test", self.test)):
            if isinstance(share, float):
                taken = set(free[: max(round(share * n_groups), 1) if share else 0])
                chosen = [name for name, group in groups.items() if group in taken]
            else:
                chosen = list(share)
            for name in chosen:
                if split.get(name) != "train":
                    reason = "is in two splits" if name in split else "does not exist"
                    raise AlsegError(f"{file}, split.{kind}: the scan {name!r} {reason}")
                split[name] = "validation" if kind == "validation" else "test"
            gone = {groups[name] for name in chosen}
            free = [group for group in free if group not in gone]
        return split

    def patient_of(self, name: str, file: str) -> str:
        """The patient that a scan's id names; empty where ``patient`` is not set.

        Raises:
            AlsegError: ``patient`` does not match the id.
        """
        if not self.patient:
            return ""
        match = re.search(self.patient, name)
        if match is None:
            raise AlsegError(f"{file}, split.patient: {self.patient!r} does not match the scan {name!r}")
        return match[1] or ""
