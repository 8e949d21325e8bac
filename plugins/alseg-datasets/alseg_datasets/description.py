"""The TOML file by which a folder of one's own says what is in it."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)

import alcore
from alcore import AlsegError
from alseg_datasets.labels import LabelNames
from alseg_datasets.options import Millimetres
from alseg_datasets.patterns import CHANNEL, Pattern
from alseg_datasets.split_rule import Part, SplitRule
from alseg_datasets.typed_json import fault_of

FILE_NAME = "alseg.toml"
_MOST_CLASSES = 254
"""Class numbers are stored in a byte, whose last two values have another meaning."""
_BEYOND = 2**53


def _pattern(value: Any) -> Pattern:
    if not isinstance(value, str):
        raise ValueError("must be a pattern in quotes")
    return Pattern(value)


def _patterns(value: Any) -> Pattern | dict[str, Pattern]:
    if isinstance(value, dict) and value:
        return {name: _pattern(item) for name, item in value.items()}
    return _pattern(value)


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, int) else value


Values = Annotated[tuple[StrictInt, ...], BeforeValidator(_several)]
FilePattern = Annotated[Pattern, PlainValidator(_pattern)]
FilePatterns = Annotated[Pattern | dict[str, Pattern], PlainValidator(_patterns)]


class Description(Part):
    """What is in a folder. Patterns are relative to it; ``docs/datasets.md`` describes the keys.

    ``classes`` has the label value of each class, or several of them; classes that share some overlap, and the data
    is multi-label. ``ignore`` has the values of voxels that count nowhere.
    ``spacing`` is millimetres along (slices, rows, columns), of pictures that tell none.
    """

    images: FilePatterns
    labels: FilePattern
    classes: dict[str, Values] = Field(min_length=2, max_length=_MOST_CLASSES)
    ignore: Values = ()
    spacing: tuple[Millimetres, Millimetres, Millimetres] | None = None
    channels: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    slice_axis: Literal["x", "y", "z"] = "z"
    licence: str = ""
    reference: str = ""
    split: SplitRule = SplitRule()

    @field_validator("classes")
    @classmethod
    def _are_classes(cls, value: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        background = [name for name, values in value.items() if 0 in values]
        if len(background) != 1:
            raise ValueError("must name the background, label value 0, and name it once")
        names: dict[frozenset[int], str] = {}
        for name, values in value.items():
            other = names.setdefault(frozenset(values), name)
            if not values or len(set(values)) < len(values) or other != name:
                raise ValueError(f"must have different label values, at least one for each class, unlike {name!r}")
            if name != background[0] and set(values) & set(value[background[0]]):
                raise ValueError(f"{name!r} shares label values with the background")
            if not all(abs(number) < _BEYOND for number in values):
                raise ValueError("must have label values of less than 64 bits")
        labels = LabelNames.of_classes(value)
        if len(value) + len(labels.shared) > _MOST_CLASSES:
            raise ValueError(f"overlap in {len(labels.shared)} ways, which are too many")
        return value

    @model_validator(mode="after")
    def _ignores_no_class(self) -> Self:
        named = {value: name for name, values in self.classes.items() for value in values}
        for value in self.ignore:
            if value in named:
                raise ValueError(f"the label value {value} is ignored, but is also the class {named[value]!r}")
        return self

    @model_validator(mode="after")
    def _patterns_fit(self) -> Self:
        images = list(self.image_patterns.values())
        for pattern in (*images, self.labels):
            if pattern.identity != images[0].identity:
                raise ValueError(
                    f"{images[0].text!r} and {pattern.text!r} must have the same of {{patient}}, {{visit}}, {{id}}"
                )
        if CHANNEL in self.labels.names or (isinstance(self.images, dict) and any(CHANNEL in p.names for p in images)):
            raise ValueError("{channel} may stand in the one pattern of 'images' alone")
        if isinstance(self.images, dict) and self.channels:
            raise ValueError("'channels' is left out where 'images' is a table, whose keys are the channels")
        return self

    @property
    def image_patterns(self) -> dict[str, Pattern]:
        """The patterns of the images, by channel; one without a name if a file holds all channels."""
        return self.images if isinstance(self.images, dict) else {"": self.images}


def read_description(folder: Path) -> Description:
    """Read the description in ``folder``.

    Raises:
        AlsegError: there is none, it is no TOML, or a key is unknown, missing or unusable.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise AlsegError(f"{folder} has no {FILE_NAME}", hint=f"alseg data init {folder}   writes a first one")
    content = alcore.read_toml(path)
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
        raise AlsegError(f"{path}{fault_of(error)}") from error
