"""Time rounds of a run against a bare torch loop on the same batches, in the same process.

A round is what ``alseg run`` does: query, annotation, training, validation after each epoch, evaluation, checkpoint,
run directory and trackers. The bare loop gets the very tensors that the model got in that round, ready in memory, and
does nothing but optimiser steps and forward passes. What a round takes longer is alseg's overhead; 5 % is allowed.

Both are repeated in turns and compared by their medians, in wall-clock time and in processor time. The bare loop waits
for nothing, so where its wall clock exceeds its processor time (per thread) other programs were busy, and processor
time is the one to read. Without a store of hippocampus, ``--dataset phantom`` measures on synthetic scans.

    python benchmarks/round_overhead.py
    python benchmarks/round_overhead.py --scans 0 --epochs 10 --threads 2
    python benchmarks/round_overhead.py --dataset phantom --set model.features=8
"""

import argparse
import copy
import dataclasses
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from alseg_learners.network import NetworkLearner
from torch import Tensor

from alcore import Registry, SliceStore
from alcore.conversion.ensure import ensure_store
from alcore.engine.loop import RoundResult, active_learning
from alcore.moments import announce
from alcore.runs.config import RunConfig, resolve
from alcore.runs.directory import RunDirectory
from alcore.runs.directory_log import DirectoryLog
from alcore.runs.layers import merge, protocol_values, setting
from alcore.runs.session import build_session

ALLOWED = 0.05
BUSY = 1.2
"""Wall-clock over processor seconds of the bare loop, per thread, above which other programs disturb the clock."""

Times = tuple[float, float]
"""Wall-clock and processor seconds."""


@dataclasses.dataclass
class Step:
    """One call of the model: its images, and for training the loss's targets and weights."""

    images: Tensor
    training: bool
    target: Tensor | None = None
    weight: Tensor | None = None


class Bench:
    """One experiment whose next round can be run again and again from the same state."""

    def __init__(self, config: RunConfig, registry: Registry, store: SliceStore, folder: Path) -> None:
        session = build_session(config, registry, store)
        self.experiment, self.device = session.experiment, session.device
        self.learner = session.experiment.learner.inner
        self._directory = RunDirectory.create(folder / "run", config.as_values(), {})
        self._listeners = [
            registry.build(item.component, item.options, directory=folder / item.name) for item in config.trackers
        ]
        announce(
            self._listeners,
            "run_started",
            config=config.as_values(),
            first_round=0,
            last_round=config.loop.rounds,
            committed=[],
        )
        self.records: list[Mapping[str, Any]] = []
        self.round(0)
        self.keep()

    def keep(self) -> None:
        """Remember where the experiment stands."""
        self._annotations = copy.deepcopy(self.experiment.annotations)
        self._weights = copy.deepcopy(self.learner.model.state_dict())

    def restore(self) -> None:
        """Go back to what :meth:`keep` remembers."""
        self.experiment.annotations = copy.deepcopy(self._annotations)
        self.learner.model.load_state_dict(self._weights)

    def round(self, number: int) -> None:
        """Run one round and commit it, as a run does."""
        records = self.records

        class Log(DirectoryLog):
            def begun(self, round_number: int) -> None:
                return None

            def trained(self, result: RoundResult) -> None:
                super().trained(result)
                records.append(result.record)

        log = Log(self.experiment, self._directory)
        self.experiment.loop = self.experiment.loop.model_copy(update={"rounds": number})
        active_learning(self.experiment, first_round=number, log=log, listeners=self._listeners)

    def recorded(self, number: int) -> list[Step]:
        """Run one round and note every call of the model; the tensors stay in memory."""
        steps: list[Step] = []

        def model_called(model: torch.nn.Module, inputs: tuple[Tensor]) -> None:
            steps.append(Step(inputs[0], model.training))

        def loss_called(_: torch.nn.Module, inputs: tuple[Tensor, Tensor, Tensor]) -> None:
            steps[-1].target, steps[-1].weight = inputs[1:]

        learner = self.learner
        hooks = [
            learner.model.register_forward_pre_hook(model_called),
            learner.loss.register_forward_pre_hook(loss_called),
        ]
        try:
            self.round(number)
        finally:
            for hook in hooks:
                hook.remove()
        return steps


def replay(learner: NetworkLearner, steps: list[Step]) -> None:
    """Do the same arithmetic with nothing around it."""
    model, loss = learner.model, learner.loss
    optimiser = torch.optim.Adam(model.parameters(), lr=learner.options.learning_rate)
    for step in steps:
        if step.training:
            model.train()
            optimiser.zero_grad(set_to_none=True)
            loss(model(step.images), step.target, step.weight).backward()
            optimiser.step()
        else:
            model.eval()
            with torch.inference_mode():
                model(step.images)


def timed(action: Callable[[], object], device: torch.device) -> Times:
    """Wall-clock and processor seconds of ``action``."""
    marks = []
    for step in (lambda: None, action):
        step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        marks.append((time.perf_counter(), time.process_time()))
    return marks[1][0] - marks[0][0], marks[1][1] - marks[0][1]


def measure_round(bench: Bench, number: int, repeats: int) -> list[tuple[Times, Times]]:
    """Time round ``number`` and its bare counterpart in turns; the experiment ends after that round."""
    device = bench.device
    steps = bench.recorded(number)
    pairs = []
    for _ in range(repeats):
        bench.restore()
        bare = timed(lambda: replay(bench.learner, steps), device)
        bench.restore()
        pairs.append((timed(lambda: bench.round(number), device), bare))
    bench.keep()
    return pairs


def keep_scans(store: SliceStore, n_scans: int) -> None:
    """Leave out all but ``n_scans`` scans, spread evenly over the store so that its splits keep their proportions."""
    if 0 < n_scans < len(store.scans):
        split = store.scans.split.astype(object)
        kept = np.linspace(0, len(split) - 1, n_scans).round().astype(int)
        split[np.setdiff1d(np.arange(len(split)), kept)] = "left out"
        store.scans = dataclasses.replace(store.scans, split=split.astype(np.str_))


def report(pairs: list[tuple[Times, Times]], record: Mapping[str, Any]) -> None:
    """Print medians and the share of a round that is not the bare loop."""
    print(f"{'':12}{'round':>10}{'bare loop':>12}{'outside':>10}   (medians of {len(pairs)} pairs)")
    for place, clock in enumerate(("wall clock", "processor")):
        whole, bare = (statistics.median(pair[side][place] for pair in pairs) for side in (0, 1))
        share = statistics.median(1 - pair[1][place] / pair[0][place] for pair in pairs)
        verdict = "" if share <= ALLOWED else f"   more than the {ALLOWED:.0%} allowed"
        print(f"{clock:12}{whole:>8.2f} s{bare:>10.2f} s{share:>10.1%}{verdict}")
    waited = statistics.median(bare[0] * torch.get_num_threads() / bare[1] for _, bare in pairs)
    if waited > BUSY:
        print(f"the machine was busy: the bare loop took {waited:.1f} times its processor time")
    phases = ", ".join(f"{name} {seconds:.2f}" for name, seconds in record["seconds"].items())
    print(f"phases of the last round, in seconds: {phases}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="hippocampus", help="dataset or store by name, or path of a store")
    parser.add_argument("--scans", type=int, default=26, help="scans of the store to use, 0 for all")
    parser.add_argument("--strategy", default="entropy")
    parser.add_argument("--rounds", type=int, default=1, help="rounds measured, from round 1 on")
    parser.add_argument("--epochs", type=int, default=2, help="epochs per round")
    parser.add_argument("--repeats", type=int, default=3, help="pairs of measurements per round")
    parser.add_argument("--threads", type=int, default=1, help="threads that torch computes with")
    parser.add_argument("--device", default="cpu")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="any value of the configuration"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    chosen = {
        "dataset": {"name": arguments.dataset},
        "strategy": {"name": arguments.strategy},
        "learner": {"epochs": arguments.epochs},
        "device": arguments.device,
    }
    registry = Registry.installed()
    config = resolve(merge([protocol_values("less-is-more"), chosen, *map(setting, arguments.set)]), registry)
    path = ensure_store(config.dataset, registry, options=config.dataset_options)
    with closing(SliceStore.open(path)) as store, tempfile.TemporaryDirectory() as folder:
        keep_scans(store, arguments.scans)
        bench = Bench(config, registry, store, Path(folder))
        pool, validation = len(bench.experiment.images.table), len(bench.experiment.evaluators["validation"].data.table)
        kind = "synthetic scans" if store.info.synthetic else "scans"
        print(
            f"{store.info.dataset} ({kind}): {pool} slices in the pool, {validation} in validation, "
            f"{arguments.epochs} epochs, strategy {arguments.strategy}, threads {arguments.threads}, {arguments.device}"
        )
        pairs = []
        for number in range(1, arguments.rounds + 1):
            pairs += measure_round(bench, number, arguments.repeats)
        report(pairs, bench.records[-1])


if __name__ == "__main__":
    main()
