"""What the contracts ask of a plugin's answer, said once: runs refuse by it, the conformance kit reports by it.

Each function returns what is wrong with an answer, as the end of a sentence that begins with the component
("returned a list, not a tensor"), or an empty text.
"""

import itertools
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alcore.jobs import JobOutcome

if TYPE_CHECKING:
    from torch import Tensor


def scores_fault(scores: Any, shape: tuple[int, ...]) -> str:
    """A metric's scores: an array of numbers, (scans, foreground classes) or (foreground classes,)."""
    if not isinstance(scores, np.ndarray):
        return f"returned a {type(scores).__name__}, not an array of scores"
    if scores.shape != shape:
        return f"returned scores of shape {scores.shape}, not {shape}"
    if scores.dtype.kind not in "fiu":
        return f"returned scores of type {scores.dtype}, not numbers"
    return ""


def fill_fault(filled: Any, first: NDArray[np.uint8], last: NDArray[np.uint8], n_between: int) -> str:
    """An interpolator's labels between two slices: class numbers that one of the two has; None is an answer, too."""
    if filled is None:
        return ""
    if not isinstance(filled, np.ndarray):
        return f"returned a {type(filled).__name__}, not an array"
    if filled.shape != (n_between, *first.shape):
        return f"returned shape {filled.shape}, not {(n_between, *first.shape)}"
    if filled.dtype.kind not in "uib":
        return f"returned {filled.dtype} values, not class numbers"
    known = np.zeros(256, bool)
    known[first], known[last] = True, True
    inside = (filled >= 0) & (filled <= 255)
    unknown = filled[~(inside & known[np.where(inside, filled, 0).astype(np.uint8)])]
    return f"returned the label {int(unknown[0])}, which neither of the two slices has" if unknown.size else ""


def loss_fault(loss: Any, *, trained: bool) -> str:
    """A loss: one real number, which can be derived where it is ``trained`` on."""
    from torch import Tensor

    if not isinstance(loss, Tensor):
        return f"returned a {type(loss).__name__}, not a tensor"
    if loss.shape != ():
        return f"returned a loss of shape {tuple(loss.shape)}, not one number"
    if not loss.is_floating_point():
        return f"returned a loss of type {str(loss.dtype).removeprefix('torch.')}, not a real number"
    if trained and not loss.requires_grad:
        return "returned a loss without a gradient: it is detached from the logits"
    return ""


def logits_fault(logits: Any, images: "Tensor", n_classes: int, *, trained: bool) -> str:
    """A model's logits: (n, n_classes, *spatial) for images (n, channels, *spatial)."""
    from torch import Tensor

    if not isinstance(logits, Tensor):
        return f"returned a {type(logits).__name__}, not a tensor of logits"
    if logits.shape != (wanted := (len(images), n_classes, *images.shape[2:])):
        return f"returned logits of shape {tuple(logits.shape)}, not {tuple(wanted)}"
    if not logits.is_floating_point():
        return f"returned logits of type {str(logits.dtype).removeprefix('torch.')}, not real numbers"
    if trained and not logits.requires_grad:
        return "returned logits without a gradient: they are detached from its weights"
    return ""


def shapes_of(state: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of everything in a state_dict, by name; of a lazy parameter, which has none yet, an empty one."""
    from torch.nn.parameter import is_lazy

    return {name: () if is_lazy(value) else tuple(getattr(value, "shape", ())) for name, value in state.items()}


def state_fault(before: Mapping[str, tuple[int, ...]], after: Mapping[str, tuple[int, ...]]) -> str:
    """A model's state_dict: the same names and shapes for ever, or what is kept of it cannot be loaded."""
    if unlike := sorted(before.keys() ^ after.keys()):
        return f"{'adds' if unlike[0] in after else 'drops'} {unlike[0]!r} in its state_dict while it runs"
    changed = next((name for name in before if before[name] != after[name]), None)
    if changed is None:
        return ""
    return f"changes the shape of {changed!r} in its state_dict from {before[changed]} to {after[changed]}"


def graph_fault(result: "Tensor", inputs: tuple[Any, ...], began: int) -> str:
    """A loss's or a model's gradient: it ends at inputs and weights, and leads to no earlier batch.

    Args:
        result: what was computed; its graph is marked, so that a later one that leads to it is known.
        inputs: what it was computed from; the graph behind them is somebody else's.
        began: what :data:`graph_clock` gave as the computation began; what was marked since is a part of it.
    """
    if result.grad_fn is None:
        return ""
    seen: set[Any] = {None, *(getattr(given, "grad_fn", None) for given in inputs)}
    left: list[Any] = [result.grad_fn]
    while left:
        node = left.pop()
        if node in seen:
            continue
        if node.metadata.get(_MARKED_AT, began) < began:
            return "computes with an earlier batch too, whose gradient is gone: it holds on to tensors of that batch"
        seen.add(node)
        left += [behind for behind, _ in node.next_functions]
    result.grad_fn.metadata[_MARKED_AT] = next(graph_clock)  # type: ignore[index]
    return ""


graph_clock = itertools.count()
"""Orders the graphs that :func:`graph_fault` sees."""

_MARKED_AT = "marked by alseg at"


def launched_fault(outcomes: Any) -> str:
    """What a launcher returns: a generator of outcomes, since closing it stops the jobs that still run."""
    return "" if isinstance(outcomes, Generator) else f"returned a {type(outcomes).__name__}, not a generator"


def outcome_fault(outcome: Any) -> str:
    """What a launcher yields."""
    if not isinstance(outcome, JobOutcome):
        return f"yielded a {type(outcome).__name__}, not a JobOutcome"
    if not all(isinstance(text, str) for text in (outcome.key, outcome.error, outcome.hint)):
        return f"yielded an outcome with something else than text: {outcome!r:.200}"
    return ""
