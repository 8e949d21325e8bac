"""The device that was asked for, or a sentence that says why not; and deterministic mode."""

import pytest
import torch

from alcore import AlsegError, Selection
from alcore.engine.device import choose_device, set_deterministic
from alcore.engine.loop import active_learning
from alcore.testing.rounds import KeptRounds


def test_auto_takes_what_there_is():
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert choose_device("auto").type == expected
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("gpu", "no device named 'gpu'"),
        ("cuda:99", "'cuda:99' is not there"),
        ("meta", "'meta' is not supported"),
        ("", "no device named ''"),
        ("cpu:0:1", "no device named"),
    ],
)
def test_a_device_that_is_not_there_is_named(name, complaint):
    with pytest.raises(AlsegError, match=complaint) as caught:
        choose_device(name)
    assert caught.value.hint


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_without_a_device_says_how_many_there_are():
    with pytest.raises(AlsegError, match="torch sees 0 CUDA devices"):
        choose_device("cuda")


@pytest.fixture
def deterministic():
    set_deterministic(True, torch.device("cpu"))
    yield
    set_deterministic(False, torch.device("cpu"))


@pytest.mark.usefixtures("deterministic")
def test_two_runs_in_deterministic_mode_agree_bit_for_bit(experiment_of):
    assert torch.are_deterministic_algorithms_enabled()

    class Uncertain:
        def select(self, query):
            scores = query.predictor.scores(query.candidates, lambda p: p.amax(dim=1).sum(dim=(1, 2)))
            return Selection(query.candidates[scores.argsort()[: query.budget]], scores=scores[: query.budget])

    def run():
        experiment, log = experiment_of(Uncertain()), KeptRounds()
        active_learning(experiment, first_round=0, log=log)
        return experiment.learner.model.state_dict(), [result.record["losses"] for result in log.results]

    (one, losses), (other, same_losses) = run(), run()
    assert losses == same_losses
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.usefixtures("deterministic")
def test_an_operation_that_torch_refuses_is_named_in_a_sentence(experiment_of):
    class Puts(torch.nn.Module):
        def forward(self, logits, target, weight):
            # torch refuses put_ on every device.
            return torch.zeros(3).put_(torch.tensor([1]), logits.mean()[None]).sum()

    experiment = experiment_of()
    experiment.learner.loss = Puts()
    with pytest.raises(AlsegError, match="deterministic mode: training needs the operation put_") as caught:
        active_learning(experiment, first_round=0, log=KeptRounds())
    assert "without --deterministic" in caught.value.hint


@pytest.mark.usefixtures("deterministic")
def test_a_strategy_that_torch_refuses_is_named(experiment_of):
    class Puts:
        def select(self, query):
            return torch.zeros(3).put_(torch.tensor([1]), torch.ones(1))

    with pytest.raises(AlsegError, match=r"strategy 'toy' \(alseg-toy 1.2\): .* needs the operation put_"):
        active_learning(experiment_of(Puts()), first_round=0, log=KeptRounds())


def test_deterministic_mode_is_not_promised_on_mps():
    with pytest.raises(AlsegError, match="not offered on mps"):
        set_deterministic(True, torch.device("mps"))
    assert not torch.are_deterministic_algorithms_enabled()
