"""Build an experiment from a configuration and a store."""

from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from alcore.engine.device import choose_device, set_deterministic
from alcore.engine.evaluator import Evaluator
from alcore.engine.experiment import Experiment
from alcore.engine.inference import Inference, memory_format, plain_model
from alcore.engine.learner import Learner
from alcore.engine.oracle import Oracle
from alcore.engine.scoring import NamedMetric, Scoring
from alcore.engine.seeding import torch_seed
from alcore.errors import AlsegError
from alcore.pool.data import PoolData, open_splits
from alcore.pool.pool import Pool
from alcore.registry import Registry
from alcore.runs.config import Chosen, RunConfig
from alcore.runs.start import Everything, strategy_needs
from alcore.scans import Split
from alcore.specs import LossSpec, MetricSpec, ModelSpec
from alcore.store.info import StoreInfo
from alcore.store.reader import SliceStore


@dataclass(frozen=True)
class Parts:
    """What slices and volumes are trained with alike.

    Args:
        data: the splits of the store.
        loss: the training loss, on the device.
        inference: the model, applied.
        scoring: the metrics, and what the classes are.
    """

    data: PoolData
    loss: nn.Module
    inference: Inference
    scoring: Scoring


def build_parts(config: RunConfig, registry: Registry, store: SliceStore) -> Parts:
    """Open the data and build model, loss and metrics.

    Raises:
        AlsegError: a component does not fit the data, or the device is not there.
    """
    info = store.info
    check_fit(config, registry, info)
    device = choose_device(config.run.device)
    torch.set_num_threads(config.run.threads)
    if config.learner.amp == "float16" and device.type != "cuda":
        raise AlsegError("float16 mixed precision needs CUDA", hint="--set learner.amp=bfloat16")
    set_deterministic(config.run.deterministic, device)
    data = open_splits(store, config.pool, device)
    model = build_model(config, registry, info, device)
    loss = registry.build(config.loss.component, config.loss.options, label_space=info.label_space).to(device)
    applied: nn.Module = torch.compile(model, dynamic=True) if config.learner.compile else model  # type: ignore[assignment]
    return Parts(data, loss, Inference(applied, device, config.learner.amp), build_scoring(config, registry, info))


def assemble(config: RunConfig, registry: Registry, store: SliceStore) -> tuple[Experiment, PoolData]:
    """Build the experiment of a run on slices.

    Raises:
        AlsegError: a component does not fit the data, or the device is not there.
    """
    info, seed = store.info, config.run.seed
    parts = build_parts(config, registry, store)
    inference, train = parts.inference, parts.data.splits["train"]
    evaluators: dict[Split, Evaluator] = {
        split: Evaluator(part, parts.scoring) for split, part in parts.data.splits.items() if split != "train"
    }
    start = config.start
    needs = strategy_needs(config.strategy.component, config.strategy.options, registry)
    model = plain_model(inference.model)
    if "features" in needs and not config.trains and not getattr(model, "feature_layer", ""):
        raise AlsegError(
            f"the strategy {config.strategy.name!r} needs features, but the model {config.model.name!r} names no "
            "feature layer",
            hint="choose a model with a feature layer, such as unet, or a strategy that needs none",
        )
    experiment = Experiment(
        seed=seed,
        loop=config.loop.model_copy(update={"initial": len(train.table)}) if config.trains else config.loop,
        pool=Pool(train.table),
        images=train.images,
        oracle=Oracle(train.labels),
        inference=inference,
        learner=Learner(inference.model, parts.loss, inference, evaluators["validation"], config.learner, seed),
        evaluators=evaluators,
        make_strategy=lambda: registry.build(config.strategy.component, config.strategy.options),
        make_start=Everything if start is None else partial(registry.build, start.component, start.options),
        strategy_origin=f"the strategy {config.strategy.name!r} ({config.strategy.component.origin})",
        start_origin="" if start is None else f"the start strategy {start.name!r} ({start.component.origin})",
        shows_labels="labels" in needs,
        label_space=info.label_space,
    )
    return experiment, parts.data


def build_model(config: RunConfig, registry: Registry, info: StoreInfo, device: torch.device) -> nn.Module:
    """The configuration's model for data of that kind, with its initial weights."""
    # The same seed gives every strategy the same initial weights.
    torch.manual_seed(torch_seed(config.run.seed, "weights"))
    model: nn.Module = registry.build(
        config.model.component,
        config.model.options,
        in_channels=len(info.channel_names),
        out_channels=info.label_space.n_classes,
        dim=config.dim,
    )
    model = model.to(device, memory_format=memory_format(device, config.dim))  # type: ignore[call-overload]
    # A model whose logits are not what its contract says is named here, before anything is trained.
    spatial = (32,) * config.dim
    Inference(model, device, "off").forward(torch.zeros(1, len(info.channel_names), *spatial, device=device))
    return model


def build_scoring(config: RunConfig, registry: Registry, info: StoreInfo) -> Scoring:
    """The configuration's metrics for data of that kind."""
    return Scoring(
        metrics=[_build_metric(item, registry) for item in config.metrics],
        label_space=info.label_space,
        confidence_levels=config.evaluation.confidence_levels,
    )


def _build_metric(item: Chosen[MetricSpec], registry: Registry) -> NamedMetric:
    return NamedMetric(item.label, item.component.spec.needs, registry.build(item.component, item.options))


def check_fit(config: RunConfig, registry: Registry, info: StoreInfo) -> None:
    """Check that the chosen components fit the data and the dimensions.

    Raises:
        AlsegError: one does not.
    """
    mode = info.label_space.mode
    fitted: list[LossSpec | MetricSpec] = [
        config.loss.component.spec,
        *(item.component.spec for item in config.metrics),
    ]
    for spec in fitted:
        if mode not in spec.labels:
            raise AlsegError(
                f"the {spec.kind} {spec.name!r} does not fit {mode}-label data, which {info.dataset!r} is",
                hint=f"'alseg plugins list --kind {spec.kind}' shows the others",
            )
    if config.evaluation.confidence_levels and not info.label_space.multi_label:
        raise AlsegError(
            f"evaluation.confidence_levels is for multi-label data; {info.dataset!r} is single-label, where each voxel "
            "gets its most probable class",
            hint="leave it out, or convert with --set multi_label=true",
        )
    model = config.model.component.spec
    if config.dim not in model.dims:
        fitting = [item.spec.name for item in registry.components(ModelSpec) if config.dim in item.spec.dims]
        forms = " and ".join(f"{dim}D" for dim in model.dims)
        raise AlsegError(
            f"the model {model.name!r} ({config.model.component.origin}) has no {config.dim}D form, only {forms}",
            hint=f"models with a {config.dim}D form: {', '.join(fitting)}",
        )
