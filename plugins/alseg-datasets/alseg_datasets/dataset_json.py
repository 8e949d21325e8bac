"""``dataset.json``: what a folder of the Decathlon, of nnU-Net or of MONAI says of itself."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictInt, StrictStr, field_validator

FILE_NAME = "dataset.json"
_MOST_DIGITS = 9
_LONGEST_NAME, _LONGEST_PATH = 255, 4096


def _whole_number(text: Any) -> int:
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise ValueError(f"its keys must be whole numbers, not {str(text)[:40]!r}")


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _only_one(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _is_path(text: str) -> str:
    too_long = len(text) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_NAME for part in Path(text).parts)
    if not text or "\0" in text or too_long:
        raise ValueError(f"must be the path of a file, not {text[:40]!r}")
    return text


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
FilePath = Annotated[StrictStr, AfterValidator(_is_path)]


class Case(BaseModel):
    """An image, of one file or a file per channel, and its label map. MONAI lists even a single file."""

    image: Annotated[list[FilePath], Field(min_length=1), BeforeValidator(_listed)]
    label: Annotated[FilePath, BeforeValidator(_only_one)]


class Named(BaseModel):
    """Names of channels and classes, as the Decathlon and nnU-Net 1 give them: by number and by label value."""

    modality: Annotated[dict[WholeNumber, StrictStr], Field(min_length=1)]
    labels: Annotated[dict[WholeNumber, StrictStr], Field(min_length=1)]

    @field_validator("labels")
    @classmethod
    def _has_a_background(cls, value: dict[int, str]) -> dict[int, str]:
        if 0 not in value:
            raise ValueError("names no background, label value 0")
        return value


class DecathlonJson(Named):
    """The ``dataset.json`` of a Decathlon task."""

    training: Annotated[list[Case], Field(min_length=1)]
    licence: Annotated[str, BeforeValidator(str)] = ""
    reference: Annotated[str, BeforeValidator(str)] = ""


class NnUnetJson(BaseModel):
    """The ``dataset.json`` of nnU-Net 2: names of channels by number, label values by name.

    A region is a list of label values, and regions may overlap; ``ignore`` names voxels that count nowhere.
    """

    channel_names: Annotated[dict[WholeNumber, StrictStr], Field(min_length=1)]
    labels: Annotated[
        dict[
            StrictStr, Annotated[list[Annotated[StrictInt, Field(ge=0)]], Field(min_length=1), BeforeValidator(_listed)]
        ],
        Field(min_length=2),
    ]
