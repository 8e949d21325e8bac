"""The Weights & Biases tracker."""

import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alcore

# Faults of the library are reported to its makers unless told otherwise.
os.environ.setdefault("WANDB_ERROR_REPORTING", "false")

import wandb

if TYPE_CHECKING:
    from alseg_wandb.plugin import WandbOptions

RUN_ID = "run_id"
"""File in the tracker's folder: a run that goes on is the same run there."""


class Wandb(alcore.Moments):
    """Logs figures per round, with the round as step.

    Offline, the folder holds one offline run with every committed round, written anew when the run goes on. Online, the
    run of the same id goes on; the library itself keeps what a server that is away does not take.

    Args:
        options: see :class:`WandbOptions`.
        directory: keeps the id of the run and the library's files.
    """

    def __init__(self, options: "WandbOptions", *, directory: Path) -> None:
        self._options = options
        self._directory = directory
        self._run: Any = None
        self._exit_code = 1

    def run_started(self, *, config: dict[str, Any], committed: Sequence[Mapping[str, Any]], **_: Any) -> None:
        """Open the run, and log the committed rounds that it lacks."""
        options = self._options
        earlier = list((self._directory / "wandb").glob("offline-run-*"))
        try:
            self._run = wandb.init(
                project=options.project,
                entity=options.entity or None,
                name=options.run_name or alcore.run_name(config),
                id=self._run_id(),
                resume="allow",
                mode=options.mode,
                dir=str(self._directory),
                config=config,
                settings=_quiet(options.timeout),
            )
        except wandb.errors.Error as error:
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise alcore.AlsegError(
                f"Weights & Biases cannot be reached or does not take the run: {reason}",
                hint="'wandb login' first, or --set trackers.wandb.mode=offline and 'wandb sync' later",
            ) from error
        first = self._run.step if options.mode == "online" else 0
        for record in committed:
            if record["round"] >= first:
                self._log(record)
        for folder in earlier:
            shutil.rmtree(folder)

    def round_finished(self, *, record: Mapping[str, Any], **_: Any) -> None:
        """Log the round."""
        self._log(record)

    def run_finished(self, **_: Any) -> None:
        """Remember that the run came to its end."""
        self._exit_code = 0

    def closed(self, **_: Any) -> None:
        """Bring everything to disk, or to the server, and close the run."""
        if self._run:
            self._run.finish(exit_code=self._exit_code)
            self._run = None

    def _run_id(self) -> str:
        path = self._directory / RUN_ID
        if not path.is_file():
            alcore.write_text(path, uuid.uuid4().hex[:16])
        return path.read_text("utf-8").strip()

    def _log(self, record: Mapping[str, Any]) -> None:
        figures = alcore.round_figures(record)
        figures["training/first loss"], figures["training/last loss"] = record["losses"][0], record["losses"][-1]
        figures["training/epochs"] = len(record["losses"])
        self._run.log({"round": record["round"], **figures}, step=record["round"])


def _quiet(timeout: float) -> wandb.Settings:
    """Record what alseg says, and nothing else about the machine, the code or the terminal."""
    return wandb.Settings(
        silent=True,
        console="off",
        disable_git=True,
        disable_code=True,
        save_code=False,
        x_disable_stats=True,
        x_disable_meta=True,
        init_timeout=timeout,
    )
