"""What a run directory says of a run, as types, and the one place where its texts become them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from alcore.errors import AlsegError

Count = Annotated[int, Field(ge=0, lt=2**63)]
Kind = Literal["initial", "query", "pseudo"]
Figure = float | None
"""A finite number; None where it is not defined or was not measured."""

_JSON = ConfigDict(extra="allow", allow_inf_nan=False, strict=True)
_LONGEST = 200


@with_config(ConfigDict(extra="allow", strict=True))
class Score(TypedDict):
    """What a metric came to on a split: the mean over foreground classes, and each of them.

    What is not finite counts as not defined where scores are compared.
    """

    mean: Figure
    per_class: dict[str, Figure]


@with_config(_JSON)
class RoundSizes(TypedDict):
    """What was annotated in a round, and what of the pool has labels after it."""

    queried: Count
    labelled: Count
    pseudo_labelled: Count
    scans_labelled: Count
    foreground_voxels: NotRequired[Count]
    boundary_voxels: NotRequired[Count]
    labelled_voxels: NotRequired[Count]
    annotator_seconds: NotRequired[float]
    pool: Count
    units: NotRequired[Count]
    blocks: Count
    blocks_not_interpolated: Count


@with_config(_JSON)
class RoundRecord(RoundSizes):
    """One line of ``rounds.jsonl``; ``docs/run-directory.md`` says what each field is."""

    round: Count
    kept_epoch: Count
    steps: Count
    losses: list[float]
    validation_dice: list[Figure]
    learning_rates: list[float]
    scores: dict[str, dict[str, Score]]
    seconds: dict[str, float]


class SelectedSlice(TypedDict):
    """One row of ``selections.csv``, a slice or what ``loop.unit`` says; None where it is empty."""

    round: Count
    order: Count
    kind: Kind
    slice: Count
    scan: str
    position: Count
    score: float | None
    block_first: Count | None
    block_last: Count | None
    scan_slices: Count | None
    slices: Count | None
    top: Count | None
    left: Count | None
    height: Count | None
    width: Count | None
    foreground: Count | None
    boundary: Count | None


@with_config(ConfigDict(extra="forbid", allow_inf_nan=True, strict=True))
class RoundInProgress(TypedDict):
    """What ``round.json`` holds: a round that is queried or annotated, and not trained yet."""

    round: Count
    phase: Literal["queried", "annotated"]
    indices: list[Count]
    scores: list[float] | None
    blocks: list[tuple[Count, Count]]
    filled: bool
    seconds: dict[str, float]


ScanScore = TypedDict(
    "ScanScore",
    {
        "split": str,
        "scan": str,
        "metric": str,
        "class": str,
        "value": Annotated[float, Field(allow_inf_nan=True)] | None,
    },
)
"""One row of ``scores/``: what one scan came to by one metric, for one class; None where it is not defined."""


class ComponentOrigin(TypedDict):
    """Where a component of a run came from."""

    name: str
    distribution: str
    version: str


@with_config(_JSON)
class DatasetFacts(TypedDict):
    """The store that a run read; ``pool`` counts its scans, slices, pixels and foreground."""

    name: str
    synthetic: bool
    fingerprint: str
    path: NotRequired[str]
    pool: NotRequired[dict[str, Count]]


@with_config(_JSON)
class Hardware(TypedDict):
    """What a run was computed on."""

    device: str
    gpu: str
    processor: str
    cores: int | None
    torch_threads: Annotated[int, Field(gt=0, le=2**16)]
    memory_gib: float


@with_config(_JSON)
class Environment(TypedDict):
    """What ``environment.json`` holds; ``resumed`` has one for each time that the run went on."""

    format: int
    time: str
    python: str
    platform: str
    versions: dict[str, str]
    components: dict[str, ComponentOrigin]
    dataset: DatasetFacts
    hardware: Hardware
    resumed: NotRequired[list[Any]]


@with_config(_JSON)
class JobNote(TypedDict):
    """What a benchmark notes of a job in ``job.json``."""

    key: str
    full_data: bool
    strategy: str
    dataset: str
    seed: int


class _Format(TypedDict):
    format: int


class _Section(TypedDict):
    name: str


class _Loop(TypedDict):
    rounds: Count


@with_config(_JSON)
class _RunConfig(TypedDict):
    """What tells runs apart in ``config.toml``; the rest is checked where a run is resumed."""

    full_data: NotRequired[bool]
    seed: int
    dataset: _Section
    strategy: NotRequired[_Section]
    loop: _Loop


T = TypeVar("T")
_CONFIG, _FORMAT = TypeAdapter(_RunConfig), TypeAdapter(_Format)
_ROUND, _SLICE, _SCORE = TypeAdapter(RoundRecord), TypeAdapter(SelectedSlice), TypeAdapter(ScanScore)
_ENVIRONMENT, _JOB_NOTE = TypeAdapter(Environment), TypeAdapter(JobNote)
_IN_PROGRESS = TypeAdapter(RoundInProgress)


def parse_round(text: bytes, number: int) -> RoundRecord:
    """The record of round ``number``.

    Raises:
        AlsegError: the text is none; the message begins with what is wrong, for the caller to put the place before it.
    """
    record = _parsed(_ROUND, text)
    if record["round"] != number:
        raise AlsegError(f"it is round {record['round']}, not {number}")
    if not 0 < record["labelled"] + record["pseudo_labelled"] <= record["pool"]:
        raise AlsegError("labelled + pseudo_labelled: more than the pool, or nothing")
    if not len(record["losses"]) == len(record["validation_dice"]) == len(record["learning_rates"]) > 0:
        raise AlsegError("losses, validation_dice and learning_rates: not one of each for each epoch")
    if not 0 < record["kept_epoch"] <= len(record["losses"]):
        raise AlsegError(f"kept_epoch: there is no epoch {record['kept_epoch']}")
    if not record["scores"].get("validation"):
        raise AlsegError("scores.validation: missing")
    return record


def check_alike(first: RoundRecord, other: RoundRecord) -> None:
    """Check that two rounds are of one run: the same pool, splits, metrics and classes.

    Raises:
        AlsegError: they are not; see :func:`parse_round`.
    """
    if first["pool"] != other["pool"]:
        raise AlsegError(f"pool: not the {first['pool']} of round 0")
    if _measured(first) != _measured(other):
        raise AlsegError("scores: other splits, metrics or classes than in round 0")


def _measured(record: RoundRecord) -> set[tuple[str, ...]]:
    return {
        (split, metric, *score["per_class"])
        for split, metrics in record["scores"].items()
        for metric, score in metrics.items()
    }


def check_config(values: Mapping[str, Any]) -> None:
    """Check that ``values`` can be the configuration of a run.

    Raises:
        AlsegError: they lack what tells runs apart; see :func:`parse_round`.
    """
    try:
        config = _CONFIG.validate_python(values)
    except ValidationError as error:
        raise AlsegError(_first(error)) from error
    if not config.get("full_data") and "strategy" not in config:
        raise AlsegError("strategy: missing")


def parse_format(text: bytes) -> int:
    """The format of a run directory, of its ``environment.json``; raises as :func:`parse_round`."""
    return _parsed(_FORMAT, text)["format"]


def parse_environment(text: bytes) -> Environment:
    """The content of ``environment.json``; raises as :func:`parse_round`."""
    return _parsed(_ENVIRONMENT, text)


def parse_round_in_progress(text: bytes) -> RoundInProgress:
    """The content of ``round.json``; raises as :func:`parse_round`."""
    return _parsed(_IN_PROGRESS, text)


def parse_job_note(text: bytes) -> JobNote:
    """The content of ``job.json``; raises as :func:`parse_round`."""
    return _parsed(_JOB_NOTE, text)


def parse_slice(row: Mapping[str, str]) -> SelectedSlice:
    """A row of ``selections.csv``, empty fields being None; raises as :func:`parse_round`."""
    try:
        return _SLICE.validate_python({name: value if value or name == "scan" else None for name, value in row.items()})
    except ValidationError as error:
        raise AlsegError(_first(error)) from error


def parse_scan_score(row: Mapping[str, str]) -> ScanScore:
    """A row of ``scores/``, an empty value being None; raises as :func:`parse_round`."""
    try:
        return _SCORE.validate_python({**row, "value": row.get("value") or None})
    except ValidationError as error:
        raise AlsegError(_first(error)) from error


def _parsed(adapter: TypeAdapter[T], text: bytes) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise AlsegError(_first(error)) from error


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, with its place."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"]))
    return f"{place}: {fault['msg']}"[:_LONGEST] if place else fault["msg"][:_LONGEST]
