"""The configuration of a run: validated against the installed components before anything heavy is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Generic

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from alcore.engine.options import EvaluationOptions, LoopOptions
from alcore.errors import AlsegError, shown
from alcore.guards.time_limit import LONGEST
from alcore.pool.options import PoolOptions
from alcore.registry import Component, Registry
from alcore.registry.component import S, parse_options
from alcore.runs.layers import DEFAULT_LEARNER, protocol_values
from alcore.runs.replay_options import ReplayOptions
from alcore.runs.start import check_can_start, check_serves
from alcore.specs import (
    SPEC_TYPES,
    AnnotatorSpec,
    LearnerSpec,
    LossSpec,
    MetricSpec,
    ModelSpec,
    NamedComponent,
    Options,
    StrategySpec,
    TrackerSpec,
)
from alcore.store.locate import from_anywhere

ONE_ROUND = {"rounds": 0}
"""The loop of full-data training, as a configuration shows it."""

LABELS = {
    "run": "the run",
    "loop": "the loop",
    "pool": "the pool",
    "evaluation": "evaluation",
    "replay": "the replay",
}
"""The sections whose options are the core's own, as messages call them."""
DEFAULT_NAMES = {
    "learner": DEFAULT_LEARNER,
    "model": "unet",
    "loss": "focal",
    "strategy": "random",
    "annotator": "simulated",
}
"""The sections that are a component's."""
DEFAULT_TRACKERS: dict[str, dict[str, Any]] = {"tensorboard": {}}
SECTIONS = (*(key for key in LABELS if key != "run"), *DEFAULT_NAMES, "dataset", "trackers")


class RunOptions(Options):
    """What belongs to the run as a whole."""

    full_data: bool = Field(
        False, description="Train once, on all training scans fully labelled, instead of round after round."
    )
    protocol: str = Field("less-is-more", description="The protocol whose values the others replaced.")
    seed: int = Field(0, ge=0, description="Seed of every random stream.")
    device: str = Field("auto", description="auto, cpu, mps, cuda, cuda:0, ...")
    deterministic: bool = Field(False, description="Use deterministic algorithms only: two runs agree bit for bit.")
    threads: int = Field(
        1,
        ge=1,
        le=1024,
        description="Threads of torch on the processor. Sums depend on their number, and with them every score, so it "
        "does not follow the machine: a run, and a job of a benchmark, has as many as stand here.",
    )
    checkpoint_interval: float = Field(
        60.0,
        ge=0.0,
        description="Full-data training: seconds after which the next finished epoch is saved, so that it can go on.",
    )
    tracker_seconds: float | None = Field(
        None,
        gt=0,
        le=LONGEST,
        description="Most seconds that a tracker may take for one moment of the run; then the run stops. Default: no "
        "limit.",
    )


@dataclass(frozen=True)
class Chosen(Generic[S]):
    """A component with its options.

    Args:
        component: the component.
        options: its options.
        named: the components that the options name, at any depth, by option.
    """

    component: Component[S]
    options: Options
    named: Mapping[str, Component]

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.spec.name

    @property
    def label(self) -> str:
        """The name, and the options that differ from their defaults: ``surface-dice:tolerance=2``."""
        return self.as_named().label

    def as_named(self) -> NamedComponent:
        """The name, and the options that differ from their defaults."""
        return NamedComponent(self.name, self.options.model_dump(mode="json", exclude_none=True, exclude_defaults=True))

    def as_section(self) -> dict[str, Any]:
        """Name and options, as in a configuration file."""
        return {"name": self.name, **_values(self.options)}


class RunConfig(BaseModel):
    """A validated configuration. :func:`resolve` makes it: validation needs the registry as its context.

    Args:
        run: what belongs to the run as a whole.
        dataset: name of the dataset or store, or path of a store.
        dataset_options: options of an embedded dataset.
        loop: rounds, budget and initial slices; of full-data training round 0 alone.
        pool: how slices are loaded.
        evaluation: what is measured.
        learner: what trains, and how.
        model: the network; None where the learner brings its own.
        loss: the loss, likewise.
        strategy: the query strategy; full-data training asks none.
        annotator: who labels what the strategy chooses.
        start: the strategy that chooses the slices annotated before round 0; None where all are.
        metrics: the metrics that ``evaluation`` names, in order.
        trackers: the trackers.
        replay: the run whose queries are repeated; None where the strategy is asked.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", frozen=True)

    run: RunOptions
    dataset: str
    dataset_options: Mapping[str, Any]
    loop: LoopOptions
    pool: PoolOptions
    evaluation: EvaluationOptions
    learner: Chosen[LearnerSpec]
    model: Chosen[ModelSpec] | None
    loss: Chosen[LossSpec] | None
    strategy: Chosen[StrategySpec]
    annotator: Chosen[AnnotatorSpec]
    start: Chosen[StrategySpec] | None
    metrics: tuple[Chosen[MetricSpec], ...]
    trackers: tuple[Chosen[TrackerSpec], ...]
    replay: ReplayOptions | None = None

    @model_validator(mode="before")
    @classmethod
    def _sort(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Put what stands above all sections into ``run``, and take the dataset's name from its options."""
        _check_keys(values)
        _check_full_data(values)
        sections = {key: value for key, value in values.items() if key in SECTIONS}
        dataset = dict(_component(sections.pop("dataset", {}), "dataset"))
        name = dataset.pop("name", None)
        if not isinstance(name, str):
            raise AlsegError(
                "no dataset is named", hint="--dataset phantom is built in; 'alseg data list' shows the others"
            )
        run = {key: value for key, value in values.items() if key not in SECTIONS}
        defaults: dict[str, Any] = {key: {} for key in SECTIONS} | {
            "metrics": (),
            "start": None,
            "trackers": DEFAULT_TRACKERS,
            "replay": None,
        }
        defaults |= {"loop": ONE_ROUND} if values.get("full_data") is True else {}
        return {**defaults, **sections, "run": run, "dataset": from_anywhere(name), "dataset_options": dataset}

    @field_validator(*LABELS, mode="before")
    @classmethod
    def _read_section(cls, value: Any, info: ValidationInfo) -> Options | None:
        key = str(info.field_name)
        if isinstance(value, Options) or value is None:
            return value
        kind = RunOptions if key == "run" else ReplayOptions if key == "replay" else cls.model_fields[key].annotation
        assert isinstance(kind, type)
        assert issubclass(kind, Options)
        return parse_options(kind, _table(value, key), label=LABELS[key], key=key)

    @field_validator(*DEFAULT_NAMES, mode="before")
    @classmethod
    def _choose(cls, value: Any, info: ValidationInfo) -> Chosen | None:
        key = str(info.field_name)
        if key in ("model", "loss") and info.data["learner"].component.spec.dim is None:
            _check_none_is_given(value, key, info)
            return None
        return _chosen(SPEC_TYPES[key], {"name": DEFAULT_NAMES[key], **_component(value, key)}, info, key)

    @field_validator("metrics", mode="before")
    @classmethod
    def _choose_metrics(cls, value: Any, info: ValidationInfo) -> tuple[Chosen[MetricSpec], ...]:
        metrics = (NamedComponent.read(named).as_section() for named in info.data["evaluation"].metrics)
        chosen = tuple(_chosen(MetricSpec, metric, info, "") for metric in metrics)
        labels = [item.label for item in chosen]
        for label in labels:
            if labels.count(label) > 1:
                raise AlsegError(f"evaluation.metrics names {label!r} twice", hint="name each once, or give it options")
        return chosen

    @field_validator("start", mode="before")
    @classmethod
    def _choose_start(cls, value: Any, info: ValidationInfo) -> Chosen[StrategySpec] | None:
        if info.data["run"].full_data:
            return None
        section = NamedComponent.read(info.data["loop"].start).as_section()
        chosen = _chosen(StrategySpec, section, info, "loop.start")
        registry, strategy = _registry(info), info.data["strategy"]
        check_can_start(chosen.component, chosen.options, registry)
        for item in (strategy, chosen):
            check_serves(info.data["loop"].unit, item.component, item.options, registry)
        return chosen

    @field_validator("trackers", mode="before")
    @classmethod
    def _choose_trackers(cls, value: Any, info: ValidationInfo) -> tuple[Chosen[TrackerSpec], ...]:
        sections = {name: _table(part, f"trackers.{name}") for name, part in _table(value, "trackers").items()}
        return tuple(_chosen(TrackerSpec, {"name": name, **part}, info, None) for name, part in sections.items())

    def completed(self, scan_sizes: Any) -> "RunConfig":
        """The same configuration with those options of the learner that follow from the training scans.

        Args:
            scan_sizes: array (scans, 3) of slices, rows and columns.
        """
        complete = self.learner.component.spec.complete
        if complete is None:
            return self
        options = complete(self.learner.options, scan_sizes)
        return self.model_copy(update={"learner": replace(self.learner, options=options)})

    def as_values(self) -> dict[str, Any]:
        """The whole configuration with every default spelt out, as it is written to ``config.toml``."""
        return {
            **_values(self.run),
            "dataset": {"name": self.dataset, **self.dataset_options},
            "loop": dict(ONE_ROUND) if self.run.full_data else _values(self.loop),
            **({} if self.run.full_data else {"strategy": self.strategy.as_section()}),
            "annotator": self.annotator.as_section(),
            "pool": _values(self.pool),
            **({} if self.model is None else {"model": self.model.as_section()}),
            **({} if self.loss is None else {"loss": self.loss.as_section()}),
            "learner": self.learner.as_section(),
            "evaluation": {
                **_values(self.evaluation),
                "metrics": [item.as_named().as_value() for item in self.metrics],
            },
            "trackers": {item.name: _values(item.options) for item in self.trackers},
            **({"replay": _values(self.replay)} if self.replay else {}),
        }

    def components(self) -> dict[str, Component]:
        """Every component of the run, also those that options name, by the place that names it."""
        chosen: dict[str, Chosen] = {"learner": self.learner, "annotator": self.annotator}
        chosen |= {} if self.model is None else {"model": self.model}
        chosen |= {} if self.loss is None else {"loss": self.loss}
        chosen |= {} if self.start is None else {"strategy": self.strategy, "loop.start": self.start}
        chosen |= {f"metric.{item.label}": item for item in self.metrics}
        chosen |= {f"tracker.{item.name}": item for item in self.trackers}
        named = {f"{place}.{option}": part for place, item in chosen.items() for option, part in item.named.items()}
        return {place: item.component for place, item in chosen.items()} | named


def resolve(values: Mapping[str, Any], registry: Registry) -> RunConfig:
    """Validate ``values`` against the installed components.

    Raises:
        AlsegError: a section, option or component is unknown or does not fit; it is named.
    """
    return RunConfig.model_validate(values, context=registry)


def with_metrics(config: RunConfig, metrics: Sequence[str | Mapping[str, Any]], registry: Registry) -> RunConfig:
    """The same configuration with other metrics; without any, with its own.

    Raises:
        AlsegError: there is no such metric.
    """
    if not metrics:
        return config
    values = config.as_values()
    return resolve({**values, "evaluation": {**values["evaluation"], "metrics": list(metrics)}}, registry)


def _check_keys(values: Mapping[str, Any]) -> None:
    known = (*RunOptions.model_fields, *SECTIONS)
    for key in values:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise AlsegError(f"the run has no option or section {shown(key)}", hint=hint)


def _check_full_data(values: Mapping[str, Any]) -> None:
    """Check that full-data training is given nothing of active learning."""
    if values.get("full_data") is True and ("strategy" in values or values.get("loop", ONE_ROUND) != ONE_ROUND):
        wrong = "strategy" if "strategy" in values else "loop"
        raise AlsegError(
            f"full-data training has no {wrong}: it trains once, on all training scans",
            hint="'alseg run' is active learning; for longer training give --epochs",
        )


def _check_none_is_given(value: Any, key: str, info: ValidationInfo) -> None:
    """Check that only the protocol names a network or a loss where the learner brings its own."""
    if value not in ({}, protocol_values(info.data["run"].protocol).get(key)):
        name = info.data["learner"].name
        raise AlsegError(f"the learner {name!r} brings its own {key}, so its runs have none", hint=f"leave {key} out")


def _table(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise AlsegError(f"{name} is a section, not a value", hint=f"write {name}.option=value")
    return value


def _component(value: Any, name: str) -> Mapping[str, Any]:
    """The section of a component, of which the name alone may be given."""
    return {"name": value} if isinstance(value, str) else _table(value, name)


def _registry(info: ValidationInfo) -> Registry:
    registry = info.context
    assert isinstance(registry, Registry)
    return registry


def _chosen(kind: type[S], section: Mapping[str, Any], info: ValidationInfo, key: str | None) -> Chosen[S]:
    registry = _registry(info)
    options = dict(section)
    component = registry.get(kind, str(options.pop("name")))
    parsed = registry.parse_options(component, options, key=key)
    return Chosen(component, parsed, registry.named_by(parsed))


def _values(options: Options) -> dict[str, Any]:
    return options.model_dump(mode="json", exclude_none=True)
