"""What every training loss must do."""

import gc
import weakref
from collections.abc import Iterator

import torch
from torch import Tensor

from alcore.errors import plugin_fault
from alcore.guards.answers import loss_fault
from alcore.labels import IGNORED, LabelSpace
from alcore.specs import LabelMode, LossSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe

_CLASSES = 3


def check_loss(spec: LossSpec, options: Options | None = None) -> None:
    """Check that a loss keeps its contract in every label mode that it states.

    Args:
        spec: the loss's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"loss {spec.name!r}", loss_findings(spec, options))


def loss_findings(spec: LossSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_loss`."""
    for mode in spec.labels:
        yield from _LossChecks(spec, options if options is not None else spec.options(), mode).findings()


class _LossChecks:
    def __init__(self, spec: LossSpec, options: Options, mode: LabelMode) -> None:
        self.spec, self.options, self.mode = spec, options, mode
        self.multi_label = mode == "multi"

    def findings(self) -> Iterator[Finding]:
        where = f"for {self.mode}-label data"
        built = probe(
            f"the loss is built {where}",
            self.found_when_built,
            expected="a callable from Class(options, label_space=...)",
            fix="take exactly these arguments, and state in the spec's labels only what fits",
        )
        yield built
        if not built.passed:
            return
        for spatial in ((6, 7), (3, 5, 4)):
            yield probe(
                f"a batch of {len(spatial)}D images has one finite loss {where}",
                lambda spatial=spatial: self.found_in_value(spatial),  # type: ignore[misc]
                expected="a finite scalar with finite gradients, from uint8 targets that stay as they are",
                fix="reduce over batch, classes and space; copy before changing anything",
            )
        yield probe(
            f"the loss prefers the truth {where}",
            self.found_in_order,
            expected="a lower loss for the truth than for its opposite",
            fix="turn the sign, or compare with the target instead of with the prediction itself",
        )
        yield probe(
            f"ignored voxels count nowhere {where}",
            self.found_in_ignored,
            expected=f"no effect on the loss, and no gradient, where the target is {IGNORED}",
            fix="mask logits and target by target != alcore.IGNORED, also in the number that is averaged over",
        )
        yield probe(
            f"a batch of ignored voxels alone is harmless {where}",
            self.found_in_all_ignored,
            expected="a finite loss and a gradient of zero",
            fix="divide by at least one voxel",
        )
        yield probe(
            f"weights scale each slice's gradient {where}",
            self.found_in_weights,
            expected="the gradient of each slice times its weight, whatever the other weights are",
            fix="multiply each slice's contribution by its weight; do not divide by the weights",
        )
        yield probe(
            f"the loss lets go of earlier batches {where}",
            self.found_in_memory,
            expected="that no batch but the last is held, nor computed with",
            fix="keep numbers (loss.item()), no tensors of a batch",
        )

    def build(self) -> object:
        return self.spec.load()(self.options, label_space=LabelSpace.numbered(_CLASSES, multi_label=self.multi_label))

    def batch(self, spatial: tuple[int, ...] = (6, 7)) -> tuple[Tensor, Tensor]:
        """Random logits and a target in which every class is present and absent in every slice."""
        generator = torch.Generator().manual_seed(2)
        logits = torch.randn(3, _CLASSES, *spatial, generator=generator)
        shape = logits.shape if self.multi_label else (3, *spatial)
        target = torch.randint(2 if self.multi_label else _CLASSES, shape, generator=generator, dtype=torch.uint8)
        # Slices of one class only have no gradient to speak of in region losses.
        target[..., 0, :3] = torch.tensor([1, 0, 1] if self.multi_label else [0, 1, 2], dtype=torch.uint8)
        return logits, target

    def value_and_gradient(self, logits: Tensor, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        logits = logits.clone().requires_grad_()
        loss: Tensor = self.build()(logits, target, weight)  # type: ignore[operator]
        if fault := loss_fault(loss, trained=True):
            raise plugin_fault("it", fault)
        (gradient,) = torch.autograd.grad(loss, logits)
        return loss.detach(), gradient

    def found_when_built(self) -> str:
        return "" if callable(self.build()) else "something that cannot be called"

    def found_in_value(self, spatial: tuple[int, ...]) -> str:
        logits, target = self.batch(spatial)
        before = target.clone()
        loss, gradient = self.value_and_gradient(logits, target, torch.ones(3))
        if not torch.equal(target, before):
            return "the target changed in place"
        return "" if bool(loss.isfinite()) and bool(gradient.isfinite().all()) else "NaN or infinity"

    def found_in_order(self) -> str:
        target = self.batch()[1]
        truth = target if self.multi_label else torch.nn.functional.one_hot(target.long(), _CLASSES).movedim(-1, 1)
        logits = 6.0 * truth - 3.0
        right, wrong = (float(self.value_and_gradient(z, target, torch.ones(3))[0]) for z in (logits, -logits))
        return "" if right < wrong else f"{right:.3g} for the truth and {wrong:.3g} for its opposite"

    def found_in_ignored(self) -> str:
        logits, target = self.batch()
        target[..., 2:4, :] = IGNORED
        other = logits.clone()
        other[..., 2:4, :] = 7.0 * torch.arange(_CLASSES).view(-1, 1, 1)
        weight = torch.ones(3)
        loss, gradient = self.value_and_gradient(logits, target, weight)
        changed, _ = self.value_and_gradient(other, target, weight)
        if not torch.allclose(loss, changed, rtol=1e-4, atol=1e-6):
            return f"a loss of {float(loss):.4g} or {float(changed):.4g}, by what is predicted there"
        if bool(gradient[..., 2:4, :].any()):
            return "a gradient there"
        kept = [0, 1, 4, 5]
        cropped, _ = self.value_and_gradient(logits[..., kept, :], target[..., kept, :], weight)
        same = torch.allclose(loss, cropped, rtol=1e-4, atol=1e-6)
        return "" if same else f"a loss of {float(loss):.4g} with them and {float(cropped):.4g} without"

    def found_in_all_ignored(self) -> str:
        logits, target = self.batch()
        loss, gradient = self.value_and_gradient(logits, torch.full_like(target, IGNORED), torch.ones(3))
        return "" if bool(loss.isfinite()) and not bool(gradient.any()) else f"a loss of {float(loss)} or a gradient"

    def found_in_weights(self) -> str:
        logits, target = self.batch()
        _, full = self.value_and_gradient(logits, target, torch.ones(3))
        weight = torch.tensor([1.0, 0.5, 0.0])
        _, weighted = self.value_and_gradient(logits, target, weight)
        expected = full * weight.view(3, *[1] * (full.dim() - 1))
        if torch.allclose(weighted, expected, rtol=1e-3, atol=1e-7):
            return ""
        norms = [f"{float(a.norm() / b.norm()):.3g}" for a, b in zip(weighted, full, strict=True)]
        return f"gradients times {', '.join(norms)} for weights 1, 0.5, 0"

    def found_in_memory(self) -> str:
        loss, held = self.build(), []
        for _ in range(3):
            logits, target = self.batch()
            memory = logits.numpy().copy()
            held.append(weakref.ref(memory))  # lives as long as any tensor on it, or a graph that leads to one
            value: Tensor = loss(torch.from_numpy(memory).requires_grad_(), target, torch.ones(3))  # type: ignore[operator]
            value.backward()  # type: ignore[no-untyped-call]
        del logits, memory, value
        gc.collect()
        n_held = sum(reference() is not None for reference in held[:-1])
        return f"{n_held} earlier batches of {len(held) - 1} in memory" if n_held else ""
