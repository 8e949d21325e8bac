"""An answer that breaks its contract is an error that names component and distribution; all else passes through."""

import time

import numpy as np
import pytest
import torch
from torch import nn

from alcore import (
    AlsegError,
    Block,
    ConfusionCounts,
    DatasetListing,
    Fill,
    InterpolatorSpec,
    JobOutcome,
    LauncherSpec,
    LossSpec,
    MetricSpec,
    ModelSpec,
    Options,
    Scan,
    ScanSource,
    Selection,
    StrategySpec,
)
from alcore.engine.selection import check_selection
from alcore.engine.tracker_guard import GuardedTracker
from alcore.guards.dataset import GuardedDataset
from alcore.guards.time_limit import answer_within, time_limit
from alcore.moments import announce
from alcore.registry import Component, Found
from alcore.testing import synthetic_query

ANSWER = []
"""What the components below answer."""

FAULT = "this is a fault of that plugin: please report it to its author"


class Answers:
    def __init__(self, options, **_):
        pass

    def answer(self, *_):
        return ANSWER[-1]() if callable(ANSWER[-1]) else ANSWER[-1]

    from_counts = from_volume = fill = launch = list_scans = read_scan = select = answer


class AnswersAsModule(nn.Module):
    def __init__(self, options, **_):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, *inputs):
        return ANSWER[-1](*inputs)


def built(spec_type, target="Answers", **arguments):
    fields = {"needs": arguments.pop("needs")} if "needs" in arguments else {}
    spec = spec_type(name="evil", summary="Evil.", target=f"{__name__}:{target}", **fields)
    return Component(spec, Found("evil", "evil", "alseg-evil", "6.6")).build(Options(), **arguments)


@pytest.fixture
def evil(monkeypatch):
    """Expect that a call fails with an error that names the component, and return how its sentence goes on."""
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or type(sys)(__name__))
    vars(sys.modules[__name__]).update(Answers=Answers, AnswersAsModule=AnswersAsModule)

    def told(answer, kind, call):
        ANSWER.append(answer)
        with pytest.raises(AlsegError) as caught:
            call()
        assert caught.value.hint == FAULT
        name = f"the {kind} 'evil' (alseg-evil 6.6) "
        assert caught.value.message.startswith(name)
        return caught.value.message.removeprefix(name)

    return told


COUNTS = ConfusionCounts(*(np.ones((3, 2), np.int64) for _ in range(4)))
MASKS = np.zeros((2, 4, 5, 6), bool)


@pytest.mark.parametrize("answer", [None, 0.5, "x", [[1.0] * 2] * 3, np.ones(2), np.ones((2, 3)), np.full((3, 2), "x")])
def test_scores_of_counts_are_an_array_of_scans_and_classes(evil, answer):
    assert evil(answer, "metric", lambda: built(MetricSpec).from_counts(COUNTS)).startswith("returned ")


@pytest.mark.parametrize("answer", [None, np.float64(1), np.ones((3, 2)), np.ones(3)])
def test_scores_of_a_volume_are_an_array_of_classes(evil, answer):
    metric = built(MetricSpec, needs="volume")
    assert evil(answer, "metric", lambda: metric.from_volume(MASKS, MASKS, (1, 1, 1))).startswith("returned ")


def test_a_sound_answer_passes_as_it_is(evil):
    ANSWER.append(scores := np.ones((3, 2), np.float32))
    assert built(MetricSpec).from_counts(COUNTS) is scores


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda z, *_: z, "returned a loss of shape (1, 2, 4, 4), not one number"),
        (lambda z, *_: z.sum()[None], "returned a loss of shape (1,), not one number"),
        (lambda z, *_: z.sum().detach(), "returned a loss without a gradient: it is detached from the logits"),
        (lambda z, *_: z.sum() * 1j, "returned a loss of type complex64, not a real number"),
        (lambda z, *_: torch.tensor(3), "returned a loss of type int64, not a real number"),
        (lambda *_: None, "returned a NoneType, not a tensor"),
        (lambda *_: 0.5, "returned a float, not a tensor"),
    ],
)
def test_a_loss_is_one_real_number_with_a_gradient(evil, answer, told):
    loss = built(LossSpec, "AnswersAsModule", label_space=None)
    logits = torch.zeros(1, 2, 4, 4, requires_grad=True)
    assert evil(answer, "loss", lambda: loss(logits, torch.zeros(1, 4, 4), torch.ones(1))) == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda x: (x, x), "returned a tuple, not a tensor of logits"),
        (lambda x: x[..., 1:], "returned logits of shape (1, 2, 4, 3), not (1, 2, 4, 4)"),
        (lambda x: x[:, :1], "returned logits of shape (1, 1, 4, 4), not (1, 2, 4, 4)"),
        (lambda x: x, "returned logits without a gradient: they are detached from its weights"),
        (lambda x: x.long(), "returned logits of type int64, not real numbers"),
    ],
)
def test_a_model_returns_logits_of_the_size_of_its_images(evil, answer, told):
    model = built(ModelSpec, "AnswersAsModule", in_channels=2, out_channels=2, dim=2)
    assert evil(answer, "model", lambda: model(torch.zeros(1, 2, 4, 4))) == told


FIRST = np.array([[0, 1], [2, 0]], np.uint8)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (np.full((1, 2, 2), 200, np.uint8), "returned the label 200, which neither of the two slices has"),
        (np.full((1, 2, 2), -1), "returned the label -1, which neither"),
        (np.full((1, 2, 2), 257), "returned the label 257, which neither"),
        (np.zeros((2, 2, 2), np.uint8), "returned shape (2, 2, 2), not (1, 2, 2)"),
        (np.zeros((1, 2, 2)), "returned float64 values, not class numbers"),
        ([FIRST], "returned a list, not an array"),
    ],
)
def test_an_interpolator_returns_labels_that_one_of_the_two_slices_has(evil, answer, told):
    assert evil(answer, "interpolator", lambda: built(InterpolatorSpec).fill(FIRST, FIRST, 1)).startswith(told)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([], "returned a list, not a generator"),
        (None, "returned a NoneType, not a generator"),
        (lambda: (x for x in [None]), "yielded a NoneType, not a JobOutcome"),
        (lambda: (x for x in [JobOutcome(3)]), "yielded an outcome with something else than text"),
        (lambda: (exit(3) for _ in [1]), "tried to end alseg by SystemExit"),
    ],
)
def test_a_launcher_returns_a_generator_of_outcomes(evil, answer, told):
    assert evil(answer, "launcher", lambda: list(built(LauncherSpec).launch(()))).startswith(told)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Selection(np.arange(2), scores=np.array(["x", "y"])), "gave an array of <U1 as scores"),
        (Selection(np.arange(2), scores=np.array([None, None])), "gave an array of object as scores"),
        (Selection(np.arange(2), scores="xy"), "gave a str as scores"),
        (Selection(np.arange(2), blocks=None), "gave a NoneType as blocks"),
        (Selection(np.arange(2), blocks=3), "gave a int as blocks"),
        (Selection(np.arange(2), blocks=(3,), fill=Fill(None)), "gave 3, which is no Block"),
        (
            Selection(np.arange(2), blocks=(Block(0.0, 2.5),), fill=Fill(None)),
            "gave the block Block(first=0.0",
        ),
        (
            Selection(np.arange(2), blocks=(Block("a", "b"),), fill=Fill(None)),
            "gave the block Block(first='a'",
        ),
        (Selection([[0], [1, 2]]), "selected something that is no list of slice indices"),
        (None, "answered a query with NoneType"),
    ],
)
def test_a_selection_is_one(evil, answer, told):
    query = synthetic_query((4, 4), budget=2)
    label = "the strategy 'evil' (alseg-evil 6.6)"
    assert evil(answer, "strategy", lambda: check_selection(answer, query, label)).startswith(told)


SCANS = [ScanSource("a", (), "train")]


def listing(**fields):
    return DatasetListing(**{"class_names": ("b", "f"), "channel_names": ("c",), "scans": SCANS, **fields})


@pytest.mark.parametrize(
    "answer",
    [
        None,
        listing(scans=iter(SCANS)),
        listing(scans=[None]),
        listing(scans=[ScanSource(3, (), "train")]),
        listing(scans=[ScanSource("a", "file", "train")]),
        listing(scans=[ScanSource("a", (), "train", detail=lambda: None)]),
        listing(class_names="bf"),
        listing(channel_names=(1,)),
        listing(multi_label="no"),
        listing(licence=None),
    ],
)
def test_a_listing_has_the_types_that_it_promises(evil, answer):
    dataset = GuardedDataset(Answers(None), "the dataset 'evil' (alseg-evil 6.6)")
    assert evil(answer, "dataset", lambda: dataset.list_scans(None)).startswith("lists ")


IMAGE, LABEL = np.zeros((1, 1, 4, 4)), np.zeros((1, 4, 4), np.uint8)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Scan([[1]], LABEL),
        Scan(torch.zeros(1, 1, 4, 4), LABEL),
        Scan(IMAGE, LABEL.tolist()),
        Scan(IMAGE, LABEL, spacing="1.0"),
        Scan(IMAGE, LABEL, spacing=None),
        Scan(IMAGE, LABEL, spacing=("1", "2", "3")),
        Scan(IMAGE, LABEL, origin=("a", "b", "c")),
        Scan(IMAGE, LABEL, slice_axis="z"),
        Scan(IMAGE, LABEL, warnings=(3,)),
        Scan(IMAGE, LABEL, warnings="odd"),
    ],
)
def test_a_scan_has_the_types_that_it_promises(evil, answer):
    dataset = GuardedDataset(Answers(None), "the dataset 'evil' (alseg-evil 6.6)")
    assert evil(answer, "dataset", lambda: dataset.read_scan(SCANS[0])).startswith("reads the scan 'a' wrongly: ")


class NoMethods:
    def __init__(self, options):
        pass


def function(options):
    return 3


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("NoMethods", "builds a NoMethods, which has no method 'select'"),
        ("function", "builds a int, which has no method 'select'"),
        ("NoArguments", "cannot be built from (options): "),
        ("missing", ""),
    ],
)
def test_what_is_no_strategy_is_told_when_it_is_built(evil, monkeypatch, target, told):
    import sys

    class NoArguments:
        def __init__(self):
            pass

    vars(sys.modules[__name__]).update(NoMethods=NoMethods, function=function, NoArguments=NoArguments)
    if target == "missing":
        with pytest.raises(AlsegError, match=r"the strategy 'evil' cannot be imported .* \(from alseg-evil 6.6\)"):
            built(StrategySpec, target)
    else:
        assert evil(None, "strategy", lambda: built(StrategySpec, target)).startswith(told)


def test_a_time_limit_ends_what_takes_longer():
    with pytest.raises(TimeoutError, match=r"asking takes more than 0\.05 s"), time_limit(0.05, "asking"):
        time.sleep(5)
    with time_limit(None, "asking"):
        pass


def hang(*_):
    time.sleep(5)


class Hangs(Answers):
    def __getattr__(self, name):
        return lambda **_: hang()


def test_a_tracker_that_takes_too_long_is_named_with_the_moment(evil):
    tracker = GuardedTracker(Hangs(None), "the tracker 'evil' (alseg-evil 6.6)", 0.05)
    with pytest.raises(AlsegError) as caught:
        announce([tracker], "epoch_finished", round=0)
    assert caught.value.message == (
        "telling the tracker 'evil' (alseg-evil 6.6) of 'epoch_finished' takes more than 0.05 s"
    )
    assert caught.value.hint == "set tracker_seconds higher, or leave the tracker out"


class ClosesItself:
    """Outcomes that are late; notes that it was closed."""

    closed = 0

    def __init__(self, options):
        pass

    def launch(self, jobs):
        try:
            yield JobOutcome("first")
            hang()
        finally:
            type(self).closed += 1


def test_a_launcher_that_takes_too_long_is_named_once_its_jobs_are_stopped(evil):
    import sys

    vars(sys.modules[__name__]).update(ClosesItself=ClosesItself)
    launcher = built(LauncherSpec, "ClosesItself")
    launcher.outcome_seconds = 0.05
    outcomes = launcher.launch(())
    assert next(outcomes) == JobOutcome("first")
    with pytest.raises(AlsegError) as caught:
        next(outcomes)
    told = "waiting for an outcome of the launcher 'evil' (alseg-evil 6.6) takes more than 0.05 s"
    assert (caught.value.message, ClosesItself.closed) == (told, 1)


def refuse_connection(*_):
    raise TimeoutError("the network takes too long")


def test_a_timeout_of_the_plugins_own_passes_through():
    def ask():
        with answer_within(5, "asking", hint=""):
            refuse_connection()

    with pytest.raises(TimeoutError, match="the network"):
        ask()


class Meddling:
    def __getattr__(self, name):
        def moment(record=None, **_):
            record.clear()

        return moment


def test_a_tracker_gets_a_record_of_its_own_and_must_know_every_moment():
    record = {"round": 0, "scores": {"dice": 1.0}}
    announce(
        [GuardedTracker(Meddling(), "the tracker 'evil' (alseg-evil 6.6)")], "round_finished", round=0, record=record
    )
    assert record == {"round": 0, "scores": {"dice": 1.0}}
    with pytest.raises(AlsegError, match="builds a Answers without 'closed'"):
        GuardedTracker(Answers(None), "the tracker 'evil' (alseg-evil 6.6)")
