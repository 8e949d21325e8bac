"""The model of a run, restored from its checkpoint, with all that it takes to apply it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.conversion.checks import check_voxels
from alcore.conversion.statistics import intensity_statistics
from alcore.engine.device import choose_device
from alcore.errors import AlsegError
from alcore.learning import LogitsPredictor, Validation
from alcore.pool.arrays import ArrayReader, array_table
from alcore.pool.normalise import intensity_map
from alcore.pool.slices import ResidentSlices
from alcore.registry import Registry
from alcore.runs.assemble import build_learner, check_fit
from alcore.runs.checkpoint import read_checkpoint, restore_learner
from alcore.runs.config import RunConfig, resolve, with_metrics
from alcore.runs.directory import RunDirectory
from alcore.runs.session import check_same_data, open_config_store
from alcore.store.reader import SliceStore


@dataclass(frozen=True)
class RunModel:
    """A run's model after its last committed round.

    Args:
        directory: the run.
        config: its configuration.
        store: the store that it ran on.
        predictor: the model, applied.
        device: where it is applied.
        round: the number of the round.
    """

    directory: RunDirectory
    config: RunConfig
    store: SliceStore
    predictor: LogitsPredictor
    device: torch.device
    round: int

    def logits(self, image: NDArray[Any], spacing: Sequence[float]) -> Tensor:
        """Logits (slices, classes, height, width), on the model's device, of a scan that is in no store.

        Args:
            image: (slices, channels, height, width), as a dataset reads it.
            spacing: millimetres along (slices, rows, columns).

        Raises:
            AlsegError: it has another number of channels than the model, or voxels that no model can compute with.
        """
        channels = self.store.info.channel_names
        if image.shape[1] != len(channels):
            raise AlsegError(
                f"the image has {image.shape[1]} channels, the model wants {len(channels)} ({', '.join(channels)})",
                hint="give one file with all channels, or one file per channel joined by commas",
            )
        check_voxels(image)
        statistics = {name: values[None] for name, values in intensity_statistics(image).items()}
        normalised = intensity_map(statistics, self.config.pool).apply(image, 0)
        table = array_table([(len(image), *image.shape[-2:])], np.array([spacing], np.float64))
        slices = ResidentSlices(ArrayReader(table, [normalised], 0), self.device)
        pieces = list(self.predictor.logits(slices, np.arange(len(image))))
        order = np.argsort(np.concatenate([where for where, _ in pieces]))
        return torch.cat([logits for _, logits in pieces])[torch.from_numpy(order).to(pieces[0][1].device)]


@contextmanager
def open_run_model(
    path: Path, registry: Registry, device: str | None = None, metrics: Sequence[str | Mapping[str, Any]] = ()
) -> Iterator[RunModel]:
    """Load the model of the run in ``path``.

    Args:
        path: the run directory.
        registry: the installed components.
        device: where to apply the model; by default as the run did.
        metrics: metrics in place of the run's.

    Raises:
        AlsegError: it is no run directory, it has no committed round, its store is missing or another one, or its
            checkpoint is missing, damaged or of another model.
    """
    directory = RunDirectory.open(path)
    rounds = directory.rounds()
    if not rounds:
        raise AlsegError(f"{path} has no committed round, so there is no model yet", hint=f"alseg resume {path}")
    config = with_metrics(resolve(directory.config(), registry), metrics, registry)
    last = int(rounds[-1]["round"])
    with open_config_store(config, registry) as store:
        check_same_data(directory, store)
        check_fit(config, registry, store.info)
        chosen = choose_device(device or config.run.device)
        learner = build_learner(config, registry, store, chosen, _never)
        checkpoint = directory.checkpoint_path(last)
        restore_learner(learner, read_checkpoint(checkpoint, chosen), checkpoint)
        yield RunModel(directory, config, store, learner.predictor(), chosen, last)


def _never(predictor: LogitsPredictor) -> Validation:
    raise AssertionError("nothing is trained here")
