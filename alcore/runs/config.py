"""The configuration of a run: validated against the installed components before anything heavy is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Generic, Literal

from pydantic import Field

from alcore.classic.options import ClassicOptions
from alcore.engine.options import EvaluationOptions, LearnerOptions, LoopOptions
from alcore.errors import AlsegError
from alcore.pool.options import PoolOptions
from alcore.registry import Component, Registry
from alcore.registry.component import S, parse_options
from alcore.runs.replay_options import ReplayOptions
from alcore.specs import LossSpec, MetricSpec, ModelSpec, Options, StrategySpec, TrackerSpec

DEFAULT_NAMES = {"model": "unet", "loss": "focal", "strategy": "random"}
DEFAULT_TRACKERS: dict[str, dict[str, Any]] = {"tensorboard": {}}
SECTIONS = (
    *("loop", "classic", "pool", "learner", "evaluation", "dataset", "model", "loss", "strategy", "trackers", "replay"),
)

Mode = Literal["active-learning", "train"]
ONE_ROUND = {"rounds": 0}
"""The loop of classic training, as a configuration shows it."""


class RunOptions(Options):
    """What belongs to the run as a whole."""

    mode: Mode = Field(
        "active-learning", description="active-learning, or train: once, on the fully labelled training scans."
    )
    protocol: str = Field("less-is-more", description="The protocol whose values the others replaced.")
    seed: int = Field(0, ge=0, description="Seed of every random stream.")
    device: str = Field("auto", description="auto, cpu, mps, cuda, cuda:0, ...")
    deterministic: bool = Field(False, description="Use deterministic algorithms only: two runs agree bit for bit.")


@dataclass(frozen=True)
class Chosen(Generic[S]):
    """A component with its options."""

    component: Component[S]
    options: Options

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.spec.name

    def as_section(self) -> dict[str, Any]:
        """Name and options, as in a configuration file."""
        return {"name": self.name, **self.options.model_dump(mode="json", exclude_none=True)}


@dataclass(frozen=True)
class RunConfig:
    """A validated configuration.

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
        metrics: the metrics, in order.
        trackers: the trackers.
        named: further components that options name, by ``section.option``.
        replay: the run whose queries are repeated; None where the strategy is asked.
    """

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
    metrics: tuple[Chosen[MetricSpec], ...]
    trackers: tuple[Chosen[TrackerSpec], ...]
    named: Mapping[str, Component]
    replay: ReplayOptions | None = None

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
        return replace(self, classic=self.classic.model_copy(update={"patch_size": patch_size}))

    def as_values(self) -> dict[str, Any]:
        """The whole configuration with every default spelt out, as it is written to ``config.toml``."""

        def values(options: Options) -> dict[str, Any]:
            return options.model_dump(mode="json", exclude_none=True)

        return {
            **values(self.run),
            "dataset": {"name": self.dataset, **self.dataset_options},
            **self._of_the_mode(),
            "pool": values(self.pool),
            "model": self.model.as_section(),
            "loss": self.loss.as_section(),
            "learner": values(self.learner),
            "evaluation": values(self.evaluation),
            "trackers": {item.name: values(item.options) for item in self.trackers},
            **({"replay": values(self.replay)} if self.replay else {}),
        }

    def _of_the_mode(self) -> dict[str, Any]:
        if self.trains:
            classic = self.classic.model_dump(mode="json", exclude_none=True)
            shown = classic if self.dim == 3 else {key: classic[key] for key in ("dim", "checkpoint_interval")}
            return {"loop": dict(ONE_ROUND), "classic": shown}
        return {"loop": self.loop.model_dump(mode="json"), "strategy": self.strategy.as_section()}

    def components(self) -> dict[str, Component]:
        """Every component of the run, by the place that names it."""
        chosen: dict[str, Chosen] = {"model": self.model, "loss": self.loss}
        chosen |= {} if self.trains else {"strategy": self.strategy}
        chosen |= {f"metric.{item.name}": item for item in self.metrics}
        chosen |= {f"tracker.{item.name}": item for item in self.trackers}
        return {place: item.component for place, item in chosen.items()} | dict(self.named)


def resolve(values: Mapping[str, Any], registry: Registry) -> RunConfig:
    """Validate ``values`` against the installed components.

    Raises:
        AlsegError: a section, option or component is unknown or does not fit; it is named.
    """
    _check_keys(values)
    run = parse_options(
        RunOptions, {key: value for key, value in values.items() if key not in SECTIONS}, label="the run", key="run"
    )
    _check_mode(run.mode, values)
    dataset = dict(_section(values, "dataset"))
    name = dataset.pop("name", None)
    if not isinstance(name, str):
        raise AlsegError(
            "no dataset is named", hint="--dataset phantom is built in; 'alseg data list' shows the others"
        )
    evaluation = parse_options(EvaluationOptions, _section(values, "evaluation"), label="evaluation", key="evaluation")
    trackers = values.get("trackers", DEFAULT_TRACKERS)
    config = RunConfig(
        run=run,
        dataset=name,
        dataset_options=dataset,
        loop=parse_options(LoopOptions, _loop(run.mode, values), label="the loop", key="loop"),
        classic=parse_options(ClassicOptions, _section(values, "classic"), label="classic training", key="classic"),
        pool=parse_options(PoolOptions, _section(values, "pool"), label="the pool", key="pool"),
        learner=parse_options(LearnerOptions, _section(values, "learner"), label="the learner", key="learner"),
        evaluation=evaluation,
        model=_choose(ModelSpec, _section(values, "model"), registry),
        loss=_choose(LossSpec, _section(values, "loss"), registry),
        strategy=_choose(StrategySpec, _section(values, "strategy"), registry),
        metrics=tuple(_choose(MetricSpec, {"name": metric}, registry) for metric in evaluation.metrics),
        trackers=tuple(_choose(TrackerSpec, {"name": key, **part}, registry) for key, part in trackers.items()),
        named={},
        replay=parse_options(ReplayOptions, _section(values, "replay"), label="the replay", key="replay")
        if "replay" in values
        else None,
    )
    named: dict[str, Component] = {}
    parts: dict[str, Chosen] = {"model": config.model, "loss": config.loss, "strategy": config.strategy}
    for place, item in parts.items():
        for option, component in registry.check_named(item.component, item.options).items():
            named[f"{place}.{option}"] = component
    return replace(config, named=named)


def with_metrics(config: RunConfig, names: Sequence[str], registry: Registry) -> RunConfig:
    """The same configuration with other metrics; without names, with its own.

    Raises:
        AlsegError: there is no such metric.
    """
    if not names:
        return config
    evaluation = config.evaluation.model_copy(update={"metrics": tuple(names)})
    chosen = tuple(_choose(MetricSpec, {"name": name}, registry) for name in names)
    return replace(config, evaluation=evaluation, metrics=chosen)


def _check_keys(values: Mapping[str, Any]) -> None:
    known = (*RunOptions.model_fields, *SECTIONS)
    for key in values:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise AlsegError(f"the run has no option or section {key!r}", hint=hint)


def _check_mode(mode: Mode, values: Mapping[str, Any]) -> None:
    """Check that no section belongs to the other mode."""
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


def _loop(mode: Mode, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return ONE_ROUND if mode == "train" else _section(values, "loop")


def _section(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = values.get(name, {})
    if not isinstance(section, Mapping):
        raise AlsegError(f"{name} is a section, not a value", hint=f"write {name}.option=value")
    return section


def _choose(kind: type[S], section: Mapping[str, Any], registry: Registry) -> Chosen[S]:
    options = dict(section)
    name = options.pop("name", DEFAULT_NAMES.get(kind.kind))
    component = registry.get(kind, str(name))
    return Chosen(component, component.parse_options(options))
