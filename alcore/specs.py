"""Specs: the light, typed descriptions that plugins yield from their hooks.

A spec names its implementation as text (``"package.module:Class"``), so that listing, help and validation import
nothing heavy. The code behind it is imported on first use by :meth:`ComponentSpec.load`.
"""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from alcore.errors import AlsegError

Need = Literal["counts", "volume", "probabilities"]
StrategyNeed = Literal["model", "features", "members", "labels"]
"""What a strategy may ask of a run beside the pool."""
Needs = frozenset[StrategyNeed]
LabelMode = Literal["single", "multi"]

UnitKind = Literal["slice", "patch", "volume"]
"""What may be queried."""

BOTH_LABEL_MODES: tuple[LabelMode, ...] = ("single", "multi")

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Options(BaseModel):
    """Options of a component: frozen, no unknown keys, finite numbers, each field with a description and bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NamedComponent(str):
    """The name of a component, with options for it: what an option marked by :class:`ComponentName` may hold.

    It equals its name as plain text where it has no options.
    """

    options: Mapping[str, Any]

    def __new__(cls, name: str, options: Mapping[str, Any] | None = None) -> "NamedComponent":
        """Join ``name`` and ``options``."""
        named = super().__new__(cls, name)
        named.options = dict(options or {})
        return named

    @classmethod
    def read(cls, value: Any) -> "NamedComponent":
        """Read a name, or a table of a ``name`` and options.

        Raises:
            ValueError: ``value`` is neither.
        """
        if isinstance(value, NamedComponent):
            return value
        name = value.get("name") if isinstance(value, Mapping) else value
        if not isinstance(name, str) or not name:
            raise ValueError('input should be a name, or a table such as {name = "...", option = ...}')
        return cls(name, {key: item for key, item in value.items() if key != "name"} if value is not name else None)

    def as_section(self) -> dict[str, Any]:
        """Name and options, as in a configuration file."""
        return {"name": str(self), **self.options}

    def as_value(self) -> str | dict[str, Any]:
        """The name alone, or a section where there are options: what :meth:`read` reads."""
        return self.as_section() if self.options else str(self)

    @property
    def label(self) -> str:
        """Name and options as one text: ``surface-dice:tolerance=2``."""
        options = (
            f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}" for key, value in self.options.items()
        )
        return f"{self}:{','.join(options)}" if self.options else str(self)

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True and self.options == getattr(other, "options", {})

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


@dataclass(frozen=True)
class ComponentName:
    """Marks a text option as the name of another component, which alseg builds and hands over.

    ``interpolator: Annotated[str, ComponentName("interpolator")] = "none"`` makes alseg check the name before a
    run starts, record where that component came from, and pass the built component to the constructor as the
    keyword argument ``interpolator``. The value ``"none"`` means that there is none: ``None`` is passed.

    A configuration may give a table instead of a name, ``interpolator = {name = "morphological-contour", empty_fill =
    "keep"}``: the option then holds a :class:`NamedComponent`. Components that are named may name others in turn.
    """

    kind: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            NamedComponent.read,
            serialization=core_schema.plain_serializer_function_ser_schema(_named_value),
        )


def _named_value(value: str) -> str | dict[str, Any]:
    return NamedComponent.read(value).as_value()


@dataclass(frozen=True, kw_only=True)
class ComponentSpec:
    """What every kind of component states about itself.

    Args:
        name: unique within its kind, lower-case words joined by hyphens.
        summary: one line for listings.
        target: where the implementation is, as ``"package.module:Class"``.
        options: the pydantic class of its options.
        reference: the source of the method (paper, section, equation), if there is one.
        aliases: further names under which it is found.
    """

    kind: ClassVar[str]

    name: str
    summary: str
    target: str
    options: type[Options] = Options
    reference: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in ("name", "summary", "target", "reference"):
            value = getattr(self, field)
            if not isinstance(value, str) or not value.isprintable():
                raise ValueError(f"{field} must be one line of text, not {value!r:.100}")
        if not isinstance(self.aliases, tuple) or not all(isinstance(alias, str) for alias in self.aliases):
            raise ValueError(f"the aliases of {self.name!r} must be a tuple of names, not {self.aliases!r:.100}")
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"spec name {self.name!r} is not lower-case words joined by hyphens")
        for alias in self.aliases:
            if not _NAME.fullmatch(alias):
                raise ValueError(f"alias {alias!r} of {self.name!r} is not lower-case words joined by hyphens")
        if not self.summary:
            raise ValueError(f"the summary of {self.name!r} must be one line")
        if not _TARGET.fullmatch(self.target):
            raise ValueError(f"the target of {self.name!r} must look like 'package.module:Class', not {self.target!r}")
        if not (isinstance(self.options, type) and issubclass(self.options, Options)):
            raise ValueError(f"the options of {self.name!r} must be a subclass of alcore.Options")

        for option, field_info in self.options.model_fields.items():
            for mark in field_info.metadata:
                if isinstance(mark, ComponentName) and mark.kind not in SPEC_TYPES:
                    raise ValueError(f"the option {option!r} of {self.name!r} names a {mark.kind!r}, which is no kind")

    def _require(self, field: str, allowed: tuple[object, ...]) -> None:
        """Each of a field's values must be one of ``allowed``."""
        values = getattr(self, field)
        if not isinstance(values, tuple) or not values or any(value not in allowed for value in values):
            known = ", ".join(map(repr, allowed))
            raise ValueError(f"the {field} of {self.name!r} must be a tuple of some of {known}, not {values!r:.100}")

    def load(self) -> Any:
        """Import and return the implementation.

        Raises:
            AlsegError: the target cannot be imported.
        """
        module_name, _, attribute = self.target.partition(":")
        try:
            return getattr(importlib.import_module(module_name), attribute)
        except (ImportError, AttributeError) as error:
            raise AlsegError(
                f"the {self.kind} {self.name!r} cannot be imported from {self.target!r}: {error}",
                hint="reinstall the distribution it comes from; 'alseg plugins show' names it",
            ) from error


@dataclass(frozen=True, kw_only=True)
class DatasetSpec(ComponentSpec):
    """A dataset that can be converted to a slice store.

    Args:
        synthetic: generated, not measured; said wherever its results show.
        needs_source: false for an embedded dataset, which is converted without a source folder.
        licence: licence of the data.
    """

    kind: ClassVar[str] = "dataset"
    synthetic: bool = False
    needs_source: bool = True
    licence: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelSpec(ComponentSpec):
    """A segmentation network; ``dims`` are the spatial dimensions it can be built for."""

    kind: ClassVar[str] = "model"
    dims: tuple[int, ...] = (2,)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("dims", (2, 3))


@dataclass(frozen=True, kw_only=True)
class LearnerSpec(ComponentSpec):
    """A learner: trains on what is annotated.

    Args:
        dim: spatial dimensions of the network that it trains, the run's ``model``, by the run's ``loss``; None where it
            brings all that itself: then a run has neither.
        complete: a function of its options and the sizes of the training scans, (scans, 3) along (slices, rows,
            columns), which returns the options with what follows from the data filled in, for the record.
    """

    kind: ClassVar[str] = "learner"
    dim: Literal[2, 3] | None = 2
    complete: Callable[[Any, Any], Options] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dim not in (2, 3, None):
            raise ValueError(f"the dim of {self.name!r} must be 2, 3 or None, not {self.dim!r:.100}")


@dataclass(frozen=True, kw_only=True)
class LossSpec(ComponentSpec):
    """A training loss; ``labels`` are the label modes that it fits."""

    kind: ClassVar[str] = "loss"
    labels: tuple[LabelMode, ...] = BOTH_LABEL_MODES

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("labels", BOTH_LABEL_MODES)


@dataclass(frozen=True, kw_only=True)
class StrategySpec(ComponentSpec):
    """A query strategy.

    Args:
        needs: what it asks of a run beside the pool: ``model`` (its predictions), ``features`` (the model's feature
            layer), ``members`` (the predictions of each member of a committee), ``labels`` (the labels that were paid
            for); or a function of its options that tells. What cannot be given is an error before anything is
            trained. A strategy that needs none of them can choose the first slices of a run too (``loop.start``).
        units: what it can choose: slices, patches, volumes. Patches overlap, so it has to choose by ``query.apart``.
    """

    kind: ClassVar[str] = "strategy"
    needs: Needs | Callable[[Any], Needs] = frozenset({"model"})
    units: tuple[UnitKind, ...] = ("slice",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("units", get_args(UnitKind))

    def needs_with(self, options: Options) -> Needs:
        """What the strategy needs with these options.

        Raises:
            ValueError: the spec names something that no run can give.
        """
        needs = self.needs(options) if callable(self.needs) else self.needs
        unknown = sorted(set(needs) - set(get_args(StrategyNeed)))
        if unknown:
            known = ", ".join(get_args(StrategyNeed))
            raise ValueError(f"the strategy {self.name!r} needs {unknown[0]!r}, which is none of {known}")
        return needs


@dataclass(frozen=True, kw_only=True)
class AnnotatorSpec(ComponentSpec):
    """An annotator: labels what a strategy has chosen."""

    kind: ClassVar[str] = "annotator"


@dataclass(frozen=True, kw_only=True)
class InterpolatorSpec(ComponentSpec):
    """An interpolator between two annotated slices of one scan; ``labels`` are the label modes that it fits."""

    kind: ClassVar[str] = "interpolator"
    labels: tuple[LabelMode, ...] = BOTH_LABEL_MODES

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("labels", BOTH_LABEL_MODES)


@dataclass(frozen=True, kw_only=True)
class MetricSpec(ComponentSpec):
    """An evaluation metric.

    Args:
        needs: what it is computed from: ``counts`` (confusion counts of whole scans), ``volume`` (the labels of one
            scan in 3D) or ``probabilities`` (the class probabilities of one scan).
        labels: the label modes that it fits.
        higher_is_better: the direction of a better score.
        unit: unit of the score, empty for a ratio.
    """

    kind: ClassVar[str] = "metric"
    needs: Need = "counts"
    labels: tuple[LabelMode, ...] = BOTH_LABEL_MODES
    higher_is_better: bool = True
    unit: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("labels", BOTH_LABEL_MODES)
        if self.needs not in get_args(Need):
            raise ValueError(
                f"the metric {self.name!r} needs {self.needs!r}, which is none of {', '.join(get_args(Need))}"
            )
        if not isinstance(self.unit, str) or not self.unit.isprintable():
            raise ValueError(f"the unit of {self.name!r} must be text, not {self.unit!r:.100}")


@dataclass(frozen=True, kw_only=True)
class TrackerSpec(ComponentSpec):
    """A tracker that records a run elsewhere, beside the run directory."""

    kind: ClassVar[str] = "tracker"


@dataclass(frozen=True, kw_only=True)
class LauncherSpec(ComponentSpec):
    """A launcher that runs a benchmark's jobs."""

    kind: ClassVar[str] = "launcher"


@dataclass(frozen=True, kw_only=True)
class CommandSpec(ComponentSpec):
    """A command of the command line: ``alseg NAME``.

    Its target is a click command or group, ``"package.module:command"``, imported when it is called. It declares its
    options to click, so that a spec has none, and goes by one name.
    """

    kind: ClassVar[str] = "command"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.options is not Options or self.aliases:
            raise ValueError(f"the command {self.name!r} takes neither options nor aliases in its spec: click has both")


SPEC_TYPES: dict[str, type[ComponentSpec]] = {
    spec.kind: spec
    for spec in (
        DatasetSpec,
        ModelSpec,
        LossSpec,
        LearnerSpec,
        StrategySpec,
        AnnotatorSpec,
        InterpolatorSpec,
        MetricSpec,
        TrackerSpec,
        LauncherSpec,
        CommandSpec,
    )
}
"""Spec class by kind; its keys are the kinds."""

HOOKS: dict[str, str] = {
    "dataset": "register_datasets",
    "model": "register_models",
    "loss": "register_losses",
    "learner": "register_learners",
    "strategy": "register_strategies",
    "annotator": "register_annotators",
    "interpolator": "register_interpolators",
    "metric": "register_metrics",
    "tracker": "register_trackers",
    "launcher": "register_launchers",
    "command": "register_commands",
}
"""Hook name by kind."""
