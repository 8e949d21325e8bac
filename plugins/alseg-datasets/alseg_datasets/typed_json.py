"""Read a JSON file into a typed value; whatever is wrong with it is one sentence."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

import alcore
from alcore import AlsegError

Model = TypeVar("Model", bound=BaseModel)
_MOST_SHOWN = 200
_SENTENCES = {
    "missing": "it is missing",
    "model_type": "it must hold keys with values",
    "dict_type": "it must hold keys with values",
    "list_type": "it must be a list",
    "too_short": "it holds too few",
}


def read_json(path: Path, model: type[Model], what: str) -> Model:
    """Read ``path``.

    Args:
        path: the file; a byte order mark is skipped.
        model: what it must be.
        what: what it is called in messages, such as "that of a Decathlon task".

    Raises:
        AlsegError: it cannot be read, is no JSON, or not ``model``.
    """
    content = alcore.read_json(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise AlsegError(f"{path} is not {what}{fault_of(error)}") from error


def fault_of(error: ValidationError) -> str:
    """The first fault, to be put after the file's name."""
    fault = error.errors()[0]
    key = ".".join(_short(str(part)) for part in fault["loc"] if part != "[key]")
    message = _SENTENCES.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return f", key {key!r}: {message}" if key else f": {message}"


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
