"""Bad input to ``alseg run``: two lines, exit status 2, nothing half-written."""

import pytest
import torch


@pytest.fixture
def fails(alseg, tmp_path):
    """Run and return the error's two lines; nothing is left under ``runs``."""

    def call(*arguments, **environment):
        settings = {"ALSEG_DATA_DIR": str(tmp_path / "data"), **environment}
        result = alseg("run", *arguments, status=2, **settings)
        lines = [line for line in result.stderr.splitlines() if line.startswith(("error:", "hint:"))]
        assert "Traceback" not in result.stderr
        assert not (tmp_path / "runs").exists()
        return "\n".join(lines)

    return call


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--dataset", "phantom", "--strategy", "entropi"], ["no strategy named 'entropi'", "did you mean 'entropy'?"]),
        (["--dataset", "phanton"], ["no dataset named 'phanton'", "phantom"]),
        (["--dataset", "heart"], ["has not been converted yet", "alseg data convert heart --source DIR", "phantom"]),
        ([], ["no dataset is named", "--dataset phantom"]),
        (["--dataset", "phantom", "--protocol", "mine"], ["no protocol named 'mine'", "less-is-more"]),
        (["--dataset", "phantom", "--set", "nonsense"], ["cannot read the setting 'nonsense'", "--set"]),
        (["--dataset", "phantom", "--set", "learner.epoch=3"], ["no option 'epoch'", "learner.epochs"]),
        (["--dataset", "phantom", "--set", "loop=3"], ["loop is a section"]),
        (["--dataset", "phantom", "--set", "sed=3"], ["no option or section 'sed'", "did you mean 'seed'?"]),
        (["--dataset", "phantom", "--rounds", "-1"], ["'rounds'", "greater than or equal to 0", "-1"]),
        (["--dataset", "phantom", "--set", "learner.optimiser=adamax"], ["'adam', 'adamw' or 'sgd'", "'adamax'"]),
        (
            ["--dataset", "phantom", "--set", "learner.momentum=0.5"],
            ["learner 'slices': momentum is an option of optimiser sgd"],
        ),
        (["--repeat", "absent"], ["absent is no run directory"]),
        (["--repeat", "absent", "--seed", "3"], ["--repeat takes every value from the run that it repeats"]),
        (["--dataset", "phantom", "--set", "loss.gamma=-1"], ["loss 'focal'", "'gamma'"]),
        (["--dataset", "phantom", "--config", "absent.toml"], ["absent.toml"]),
        (["--dataset", "phantom", "--device", "quantum"], ["no device named 'quantum'"]),
        (["--dataset", "phantom", "--device", "cuda:99"], ["cuda:99", "--device auto"]),
        (["--dataset", "phantom", "--set", "evaluation.metrics=['dise']"], ["no metric named 'dise'", "dice"]),
        (["--dataset", "phantom", "--set", "evaluation.confidence_levels=[0.3]"], ["multi-label data", "'phantom'"]),
        (["--dataset", "absent/store.h5"], ["absent/store.h5"]),
    ],
)
def test_bad_input_gets_one_sentence_and_a_hint(fails, arguments, expected):
    message = fails(*arguments)
    for part in expected:
        assert part in message


def test_configuration_errors_come_before_anything_heavy_is_imported(alseg_process, tmp_path):
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was imported')")
    result = alseg_process("run", "--dataset", "phantom", "--strategy", "entropi", status=2, PYTHONPATH=str(tmp_path))
    assert "no strategy named" in result.stderr


def test_an_existing_run_is_never_overwritten(fails, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "config.toml").write_text("precious")
    message = fails("--dataset", "phantom", "--out", "old")
    assert "old holds a run already" in message
    assert "alseg resume old" in message
    assert (tmp_path / "old" / "config.toml").read_text() == "precious"


def test_a_folder_that_cannot_be_made_is_named(fails, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot make the folder file/run" in fails("--dataset", "phantom", "--out", "file/run")


def test_a_damaged_store_is_reported_as_damaged(fails, tmp_path):
    (tmp_path / "broken.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\x00" * 50)
    assert "broken.h5" in fails("--dataset", "broken.h5")


def test_resuming_what_is_no_run_says_so(alseg, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "empty is no run directory" in alseg("resume", "empty", status=2).stderr


def test_a_strategy_that_breaks_its_contract_is_named_with_its_plugin(fails, installed, tmp_path):
    installed(
        "alseg-greedy",
        source="""
            import numpy as np

            import alcore

            class Greedy:
                def __init__(self, options):
                    pass

                def select(self, query):
                    return alcore.Selection(query.candidates)

            @alcore.hookimpl
            def register_strategies():
                yield alcore.StrategySpec(name="greedy", summary="Takes all.", target="alseg_greedy:Greedy")
        """,
    )
    arguments = ("--set", "dataset.scans=6", "--protocol", "demo", "--epochs", "1", "--set", "model.features=2")
    message = fails("--dataset", "phantom", "--strategy", "greedy", *arguments, "--out", "here")
    assert "the strategy 'greedy' (alseg-greedy 1.0) selected" in message
    assert "with a budget of 16" in message
    assert len((tmp_path / "here" / "rounds.jsonl").read_text().splitlines()) == 1


TURNS_NAN = """
    import torch

    import alcore

    class TurnsNan(torch.nn.Module):
        factor = 1.0

        def __init__(self, options, *, label_space):
            super().__init__()

        def forward(self, logits, target, weight):
            return logits.square().mean() * self.factor

    class Spoiler(alcore.Moments):
        def __init__(self, options, *, directory):
            pass

        def round_started(self, *, round, **_):
            TurnsNan.factor = float("nan") if round == 2 else 1.0

    class Narrow(torch.nn.Module):
        feature_layer = ""

        def __init__(self, options, *, in_channels, out_channels, dim):
            super().__init__()
            self.only = torch.nn.Conv2d(in_channels, 2, 1)

        def forward(self, images):
            return self.only(images)

    @alcore.hookimpl
    def register_losses():
        yield alcore.LossSpec(name="turns-nan", summary="NaN in round 2.", target="alseg_odd:TurnsNan")

    @alcore.hookimpl
    def register_trackers():
        yield alcore.TrackerSpec(name="spoiler", summary="Spoils the loss.", target="alseg_odd:Spoiler")

    @alcore.hookimpl
    def register_models():
        yield alcore.ModelSpec(name="narrow", summary="Always two classes.", target="alseg_odd:Narrow")
"""


def test_a_loss_that_turns_nan_ends_the_run_and_keeps_the_last_good_checkpoint(fails, installed, tmp_path, tiny_run):
    installed("alseg-odd", source=TURNS_NAN)
    arguments = ("--loss", "turns-nan", "--set", "trackers={spoiler={}}", "--set", "dataset.scans=6")
    message = fails("--dataset", "phantom", *arguments, *tiny_run, "--rounds", "3")
    assert "the loss is nan in round 2, epoch 1" in message
    assert "the last committed round is kept" in message
    assert len((tmp_path / "run" / "rounds.jsonl").read_text().splitlines()) == 2
    (checkpoint,) = (tmp_path / "run" / "checkpoints").iterdir()
    assert checkpoint.name == "round-0001.pt"
    assert all(weight.isfinite().all() for weight in torch.load(checkpoint)["learner"]["model"].values())


def test_a_model_that_does_not_take_the_number_of_classes_is_named(fails, installed, tmp_path):
    installed("alseg-odd", source=TURNS_NAN)
    message = fails("--dataset", "phantom", "--model", "narrow", "--set", "dataset.scans=6", "--out", "here")
    assert "the model 'narrow' (alseg-odd 1.0) returned logits of shape (1, 2, 32, 32), not (1, 3, 32, 32)" in message
    assert not (tmp_path / "here").exists()
