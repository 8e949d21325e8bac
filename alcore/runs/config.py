"""The configuration of a run: validated against the installed components before anything heavy is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from alcore.classic.options import ClassicOptions
from alcore.engine.options import EvaluationOptions, LearnerOptions, LoopOptions
from alcore.errors import AlsegError, shown
from alcore.pool.options import PoolOptions
from alcore.registry import Component, Registry
from alcore.registry.component import S, parse_options
from alcore.runs.replay_options import ReplayOptions
from alcore.runs.start import check_can_start
from alcore.specs import SPEC_TYPES, LossSpec, MetricSpec, ModelSpec, NamedComponent, Options, StrategySpec, TrackerSpec
from alcore.store.locate import from_anywhere

Mode = Literal["active-learning", "train"]
ONE_ROUND = {"rounds": 0}
"""The loop of classic training, as a configuration shows it."""

LABELS = {
    "run": "the run",
    "loop": "the loop",
    "classic": "classic training",
    "pool": "the pool",
    "learner": "the learner",
    "evaluation": "evaluation",
    "replay": "the replay",
}
"""The sections whose options are the core's own, as messages call them."""
DEFAULT_NAMES = {"model": "unet", "loss": "focal", "strategy": "random"}
"""The sections that are a component's."""
DEFAULT_TRACKERS: dict[str, dict[str, Any]] = {"tensorboard": {}}
SECTIONS = (*(key for key in LABELS if key != "run"), *DEFAULT_NAMES, "dataset", "trackers")


class RunOptions(Options):
    """What belongs to the run as a whole."""

    mode: Mode = Field(
        "active-learning", description="active-learning, or train: once, on the fully labelled training scans."
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
        loop: rounds, budget and initial slices; of classic training round 0 alone.
        classic: how classic training differs from a round.
        pool: how slices are loaded.
        learner: how the model is trained.
        evaluation: what is measured.
        model: the network.
        loss: the loss.
        strategy: the query strategy; classic training asks none.
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
    classic: ClassicOptions
    pool: PoolOptions
    learner: LearnerOptions
    evaluation: EvaluationOptions
    model: Chosen[ModelSpec]
    loss: Chosen[LossSpec]
    strategy: Chosen[StrategySpec]
    start: Chosen[StrategySpec] | None
    metrics: tuple[Chosen[MetricSpec], ...]
    trackers: tuple[Chosen[TrackerSpec], ...]
    replay: ReplayOptions | None = None

    @model_validator(mode="before")
    @classmethod
    def _sort(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Put what stands above all sections into ``run``, and take the dataset's name from its options."""
        _check_keys(values)
        _check_mode(values)
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
        defaults |= {"loop": ONE_ROUND} if values.get("mode") == "train" else {}
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
    def _choose(cls, value: Any, info: ValidationInfo) -> Chosen:
        key = str(info.field_name)
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
        if info.data["run"].mode == "train":
            return None
        section = NamedComponent.read(info.data["loop"].start).as_section()
        chosen = _chosen(StrategySpec, section, info, "loop.start")
        check_can_start(chosen.component, chosen.options, _registry(info))
        return chosen

    @field_validator("trackers", mode="before")
    @classmethod
    def _choose_trackers(cls, value: Any, info: ValidationInfo) -> tuple[Chosen[TrackerSpec], ...]:
        sections = {name: _table(part, f"trackers.{name}") for name, part in _table(value, "trackers").items()}
        return tuple(_chosen(TrackerSpec, {"name": name, **part}, info, None) for name, part in sections.items())

    @property
    def trains(self) -> bool:
        """Whether this is classic training, on the fully labelled training scans."""
        return self.run.mode == "train"

    @property
    def dim(self) -> int:
        """Spatial dimensions of what the model sees."""
        return self.classic.dim if self.trains else 2

    def with_patch_size(self, patch_size: tuple[int, int, int]) -> "RunConfig":
        """The same configuration with this patch size."""
        return self.model_copy(update={"classic": self.classic.model_copy(update={"patch_size": patch_size})})

    def as_values(self) -> dict[str, Any]:
        """The whole configuration with every default spelt out, as it is written to ``config.toml``."""
        return {
            **_values(self.run),
            "dataset": {"name": self.dataset, **self.dataset_options},
            **self._of_the_mode(),
            "pool": _values(self.pool),
            "model": self.model.as_section(),
            "loss": self.loss.as_section(),
            "learner": _values(self.learner),
            "evaluation": {
                **_values(self.evaluation),
                "metrics": [item.as_named().as_value() for item in self.metrics],
            },
            "trackers": {item.name: _values(item.options) for item in self.trackers},
            **({"replay": _values(self.replay)} if self.replay else {}),
        }

    def _of_the_mode(self) -> dict[str, Any]:
        if self.trains:
            classic = _values(self.classic)
            shown_ones = classic if self.dim == 3 else {key: classic[key] for key in ("dim", "checkpoint_interval")}
            return {"loop": dict(ONE_ROUND), "classic": shown_ones}
        return {"loop": _values(self.loop), "strategy": self.strategy.as_section()}

    def components(self) -> dict[str, Component]:
        """Every component of the run, also those that options name, by the place that names it."""
        chosen: dict[str, Chosen] = {"model": self.model, "loss": self.loss}
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


def _check_mode(values: Mapping[str, Any]) -> None:
    """Check that no section belongs to the other mode."""
    mode = values.get("mode", "active-learning")
    if mode == "active-learning" and "classic" in values:
        raise AlsegError(
            "classic is a section of classic training, not of active learning", hint="use 'alseg train' for it"
        )
    if mode == "train" and ("strategy" in values or values.get("loop", ONE_ROUND) != ONE_ROUND):
        wrong = "strategy" if "strategy" in values else "loop"
        raise AlsegError(
            f"classic training has no {wrong}: it trains once, on all training scans",
            hint="'alseg run' is active learning; for longer training give --epochs",
        )


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
