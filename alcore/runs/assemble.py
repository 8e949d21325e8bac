"""Build the parts of a run from a configuration and a store."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from alcore.annotating import AnnotationTask, Annotator
from alcore.engine.annotator_guard import GuardedAnnotator
from alcore.engine.device import choose_device, refusals_explained, set_deterministic
from alcore.engine.evaluator import Evaluator
from alcore.engine.experiment import Experiment
from alcore.engine.learner_guard import GuardedLearner
from alcore.engine.scoring import NamedMetric, Scoring
from alcore.errors import AlsegError
from alcore.labels import LabelSpace
from alcore.learning import Learner, LearningTask, LogitsPredictor, Validation
from alcore.pool.annotations import Annotations
from alcore.pool.data import PoolData, SplitData
from alcore.pool.slices import read_region
from alcore.pool.table import SliceTable
from alcore.query import Selection, unwritable_units
from alcore.regions import Units
from alcore.registry import Registry
from alcore.runs.config import Chosen, RunConfig
from alcore.runs.start import Everything, strategy_needs
from alcore.scans import Split
from alcore.seeding import torch_seed
from alcore.specs import LossSpec, MetricSpec, ModelSpec
from alcore.store.info import StoreInfo
from alcore.store.reader import SliceStore


def prepare_torch(config: RunConfig) -> torch.device:
    """Choose the device, and tell torch how many threads to use and whether to be deterministic.

    Raises:
        AlsegError: the device is not there, or cannot be deterministic.
    """
    device = choose_device(config.run.device)
    torch.set_num_threads(config.run.threads)
    set_deterministic(config.run.deterministic, device)
    return device


def build_experiment(
    config: RunConfig,
    registry: Registry,
    store: SliceStore,
    data: PoolData,
    device: torch.device,
    units: Units,
    replayed: Mapping[int, Selection],
    folder: Path,
) -> Experiment:
    """Build the parts of a run, the network with its initial weights.

    Args:
        config: what to run.
        registry: the installed components.
        store: the data.
        data: its splits, opened.
        device: where to compute.
        units: what may be queried.
        replayed: by round, what was selected in the run whose queries are repeated; nothing where there is none.
        folder: the annotator's own.

    Raises:
        AlsegError: a component does not fit the data or another one.
    """
    info, train = store.info, data.splits["train"]
    check_fit(config, registry, info)
    scoring = build_scoring(config, registry, info)
    evaluators: dict[Split, Evaluator] = {
        split: Evaluator(part, scoring) for split, part in data.splits.items() if split != "train"
    }
    learner = build_learner(config, registry, store, device, evaluators["validation"].validate)
    needs = strategy_needs(config.strategy.component, config.strategy.options, registry)
    if not config.run.full_data:
        check_needs(config, needs - {"labels"} - learner.gives)
    start = config.start
    full = config.loop.model_copy(update={"initial": len(train.table)})
    return Experiment(
        seed=config.run.seed,
        loop=full if config.run.full_data else config.loop,
        images=train.images,
        units=units,
        annotations=Annotations(train.table, info.label_space.leading_shape, device, data.resident),
        annotator=build_annotator(config, registry, info.label_space, train, folder),
        learner=learner,
        evaluators=evaluators,
        make_strategy=lambda: registry.build(config.strategy.component, config.strategy.options),
        make_start=Everything if start is None else partial(registry.build, start.component, start.options),
        strategy_origin=f"the strategy {config.strategy.name!r} ({config.strategy.component.origin})",
        start_origin="" if start is None else f"the start strategy {start.name!r} ({start.component.origin})",
        shows_labels="labels" in needs,
        label_space=info.label_space,
        replayed=replayed,
    )


def build_units(config: RunConfig, table: SliceTable) -> Units:
    """What may be queried: the training scans in slices, patches or whole; nothing can write to it.

    Raises:
        AlsegError: a patch is larger than every scan.
    """
    loop, sizes = config.loop, table.scan_sizes
    if loop.unit == "slice" or config.run.full_data:
        return unwritable_units(table.units)
    if loop.unit == "volume":
        return unwritable_units(Units.volumes(sizes))
    largest = sizes.max(axis=0)
    if (np.array(loop.patch_size) > largest).all():
        raise AlsegError(
            f"a patch of {_by(loop.patch_size)} voxels is larger than every scan",
            hint=f"no scan has more than {_by(largest.tolist())} slices, rows and columns: set loop.patch_size "
            "lower, or loop.unit=volume",
        )
    depth, height, width = loop.patch_size
    half = (max(1, depth // 2), max(1, height // 2), max(1, width // 2))
    return unwritable_units(Units.patches(sizes, loop.patch_size, loop.patch_stride or half))


def _by(lengths: Iterable[int]) -> str:
    return " x ".join(map(str, lengths))


def build_annotator(
    config: RunConfig, registry: Registry, label_space: LabelSpace, train: SplitData, folder: Path
) -> Annotator:
    """The configuration's annotator for the training scans; ``folder`` is its own."""
    table = train.table
    task = AnnotationTask(
        label_space=label_space,
        scan_ids=table.scan_ids,
        scan_sizes=table.scan_sizes,
        spacing=table.spacing,
        truth=partial(read_region, train.truth),
        seed=config.run.seed,
        directory=folder,
    )
    annotator: Annotator = registry.build(config.annotator.component, config.annotator.options, task=task)
    return GuardedAnnotator(annotator, config.annotator.component.full_name, task)


def build_learner(
    config: RunConfig,
    registry: Registry,
    store: SliceStore,
    device: torch.device,
    validate: Callable[[LogitsPredictor], Validation],
) -> Learner:
    """The configuration's learner for data of that kind, with its initial weights.

    Raises:
        AlsegError: it cannot be built with these options or on this device.
    """
    info = store.info
    task = LearningTask(
        channel_names=info.channel_names,
        label_space=info.label_space,
        scan_sizes=training_scan_sizes(store),
        device=device,
        seed=config.run.seed,
        build_model=lambda: _build_model(config, registry, info, device),
        build_loss=lambda: _build_loss(config, registry, info, device),
        validate=validate,
    )
    learner: Learner = registry.build(config.learner.component, config.learner.options, task=task)
    return GuardedLearner(learner, config.learner.component.full_name, info.label_space.n_classes)


def training_scan_sizes(store: SliceStore) -> np.ndarray:
    """Slices, rows and columns of each training scan, (scans, 3)."""
    scans, train = store.scans, store.scans.indices("train")
    return np.stack([scans.n_slices[train], scans.height[train], scans.width[train]], axis=1)


def _build_model(config: RunConfig, registry: Registry, info: StoreInfo, device: torch.device) -> nn.Module:
    chosen, dim = config.model, config.learner.component.spec.dim
    if chosen is None or dim is None:
        raise AlsegError(f"the learner {config.learner.name!r} asks for a model, though its spec names no dim for one")
    # The same seed gives every strategy the same initial weights.
    torch.manual_seed(torch_seed(config.run.seed, "weights"))
    channels = len(info.channel_names)
    model: nn.Module = registry.build(
        chosen.component, chosen.options, in_channels=channels, out_channels=info.label_space.n_classes, dim=dim
    )
    model = model.to(device).eval()
    # A model whose logits are not what its contract says is named here, before anything is trained.
    with refusals_explained("the model"), torch.inference_mode():
        model(torch.zeros(1, channels, *(32,) * dim, device=device))
    return model


def _build_loss(config: RunConfig, registry: Registry, info: StoreInfo, device: torch.device) -> nn.Module:
    if config.loss is None:
        raise AlsegError(f"the learner {config.learner.name!r} asks for a loss, though its spec names no dim for one")
    loss: nn.Module = registry.build(config.loss.component, config.loss.options, label_space=info.label_space)
    return loss.to(device)


def build_scoring(config: RunConfig, registry: Registry, info: StoreInfo) -> Scoring:
    """The configuration's metrics for data of that kind."""
    return Scoring(
        metrics=[_build_metric(item, registry) for item in config.metrics],
        label_space=info.label_space,
        confidence_levels=config.evaluation.confidence_levels,
    )


def _build_metric(item: Chosen[MetricSpec], registry: Registry) -> NamedMetric:
    return NamedMetric(item.label, item.component.spec.needs, registry.build(item.component, item.options))


def check_needs(config: RunConfig, missing: frozenset[str]) -> None:
    """Check that nothing is missing that the strategy asks of the learner.

    Raises:
        AlsegError: something is.
    """
    if missing:
        model = "" if config.model is None else f" with the model {config.model.name!r}"
        raise AlsegError(
            f"the strategy {config.strategy.name!r} needs {' and '.join(sorted(missing))}, which the learner "
            f"{config.learner.name!r}{model} does not give",
            hint="features come from the learner slices and a model with a feature layer, such as unet; members from "
            "learner.committee=dropout; or choose a strategy that needs neither",
        )


def check_fit(config: RunConfig, registry: Registry, info: StoreInfo) -> None:
    """Check that the chosen components fit the data and the dimensions.

    Raises:
        AlsegError: one does not.
    """
    mode = info.label_space.mode
    losses = [] if config.loss is None else [config.loss.component.spec]
    fitted: list[LossSpec | MetricSpec] = [*losses, *(item.component.spec for item in config.metrics)]
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
    dim = config.learner.component.spec.dim
    if config.model is None or dim is None:
        return
    model = config.model.component.spec
    if dim not in model.dims:
        fitting = [item.spec.name for item in registry.components(ModelSpec) if dim in item.spec.dims]
        forms = " and ".join(f"{form}D" for form in model.dims)
        raise AlsegError(
            f"the model {model.name!r} ({config.model.component.origin}) has no {dim}D form, only {forms}",
            hint=f"models with a {dim}D form: {', '.join(fitting)}",
        )
