"""What every segmentation network must do."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from alcore.guards.answers import logits_fault, shapes_of, state_fault
from alcore.specs import ModelSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe

_CHANNELS, _CLASSES = 2, 3
_SIZES: dict[int, Sequence[tuple[int, ...]]] = {2: ((32, 32), (37, 50), (9, 5)), 3: ((16, 16, 16), (9, 21, 18))}

_ROUNDING = 1e-3
"""How far logits may differ by rounding alone, as a share of the largest."""


def check_model(spec: ModelSpec, options: Options | None = None) -> None:
    """Check that a model keeps its contract in every dimension that it states.

    Args:
        spec: the model's spec.
        options: its options, small enough to run on a CPU in a moment; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"model {spec.name!r}", model_findings(spec, options))


def model_findings(spec: ModelSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_model`."""
    for dim in spec.dims:
        yield from _ModelChecks(spec, options if options is not None else spec.options(), dim).findings()


class _ModelChecks:
    def __init__(self, spec: ModelSpec, options: Options, dim: int) -> None:
        self.spec, self.options, self.dim = spec, options, dim

    def findings(self) -> Iterator[Finding]:
        built = probe(
            f"the {self.dim}D model is built",
            self.found_when_built,
            expected="a torch.nn.Module from Class(options, in_channels=..., out_channels=..., dim=...)",
            fix="take exactly these arguments, and state in the spec's dims only what can be built",
        )
        yield built
        if not built.passed:
            return
        for size in _SIZES[self.dim]:
            yield probe(
                f"the logits have the size of an image of {' x '.join(map(str, size))}",
                lambda size=size: self.found_in_shape(size),  # type: ignore[misc]
                expected="finite logits of shape (n, n_classes, *spatial) for images of any size",
                fix="pad the image inside the model and crop the logits back",
            )
        yield probe(
            f"the {self.dim}D model returns logits",
            self.found_in_range,
            expected="raw logits, before softmax or sigmoid",
            fix="return the last layer's output; losses and predictions normalise it themselves",
        )
        yield probe(
            f"the feature layer of the {self.dim}D model exists",
            self.found_in_features,
            expected="feature_layer: name of a submodule that returns (n, channels, *spatial), or an empty text",
            fix="set feature_layer to a name from named_modules(), or to ''",
        )
        yield probe(
            f"the {self.dim}D model trains on a single image",
            self.found_in_training,
            expected="finite gradients of a batch of one image",
            fix="keep more than one value per channel at every normalisation layer",
        )
        yield probe(
            f"the {self.dim}D model in evaluation treats each image by itself",
            self.found_in_evaluation,
            expected="the same logits whatever else is in the batch, and each time",
            fix="let nothing but training depend on the batch or on chance",
        )
        yield probe(
            f"the seed decides the weights of the {self.dim}D model",
            self.found_in_seeding,
            expected="equal weights from equal torch seeds",
            fix="draw initial weights from torch's default generator only",
        )
        yield probe(
            f"a checkpoint restores the {self.dim}D model",
            self.found_in_restored,
            expected="equal logits after load_state_dict of another instance's state_dict",
            fix="keep everything that was learnt in parameters and buffers",
        )
        yield probe(
            f"the weights of the {self.dim}D model keep their names and sizes",
            self.found_in_trained_state,
            expected="the same names and shapes in state_dict() before and after training and evaluation",
            fix="make every parameter and buffer in __init__, in its full size",
        )

    def build(self, seed: int = 0) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model: nn.Module = self.spec.load()(
                self.options, in_channels=_CHANNELS, out_channels=_CLASSES, dim=self.dim
            )
        return model

    def images(self, n: int = 2, size: Sequence[int] = ()) -> Tensor:
        generator = torch.Generator().manual_seed(1)
        return torch.randn(n, _CHANNELS, *(size or _SIZES[self.dim][0]), generator=generator)

    def found_when_built(self) -> str:
        model = self.build()
        return "" if isinstance(model, nn.Module) else f"a {type(model).__name__}"

    @torch.no_grad()
    def found_in_shape(self, size: tuple[int, ...]) -> str:
        images = self.images(size=size)
        before = images.clone()
        logits = self.build().eval()(images)
        if fault := logits_fault(logits, images, _CLASSES, trained=False):
            return fault
        if not torch.equal(images, before):
            return "the images changed in place"
        return "" if torch.isfinite(logits).all() else "NaN or infinity"

    @torch.no_grad()
    def found_in_range(self) -> str:
        logits = self.build().eval()(self.images() * 10)
        sums_to_one = torch.allclose(logits.sum(dim=1), torch.ones(()), atol=1e-3)
        if sums_to_one or bool(((logits >= 0) & (logits <= 1)).all()):
            return "values that look like probabilities: all in [0, 1], or summing to 1 over the classes"
        return ""

    @torch.no_grad()
    def found_in_features(self) -> str:
        model = self.build().eval()
        name = getattr(model, "feature_layer", None)
        if not isinstance(name, str):
            return f"feature_layer is {name!r}"
        if not name:
            return ""
        seen: list[object] = []
        model.get_submodule(name).register_forward_hook(lambda _module, _inputs, output: seen.append(output))
        model(self.images())
        if len(seen) != 1:
            return f"{name!r} runs {len(seen)} times in a pass"
        features = seen[0]
        if not isinstance(features, Tensor) or features.dim() != 2 + self.dim or len(features) != 2:
            return f"{name!r} returns {tuple(features.shape) if isinstance(features, Tensor) else type(features)}"
        return ""

    def found_in_training(self) -> str:
        model = self.build().train()
        model(self.images(n=1, size=_SIZES[self.dim][-1])).square().mean().backward()
        gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        if not any(bool(gradient.any()) for gradient in gradients):
            return "no parameter gets a gradient"
        finite = all(bool(torch.isfinite(gradient).all()) for gradient in gradients)
        return "" if finite else "NaN or infinite gradients"

    @torch.no_grad()
    def found_in_evaluation(self) -> str:
        model, images = self.build().eval(), self.images(n=3)
        together = model(images)
        if not torch.equal(together, model(images)):
            return "two passes over the same images differ"
        alone = torch.cat([model(images[i : i + 1]) for i in range(3)])
        gap, most = float((together - alone).abs().max()), float(together.abs().max())
        # Convolutions round otherwise in another batch, and an instance norm over two voxels that are nearly alike
        # divides that by next to nothing: 0.0001 of the largest logit in MONAI's U-Nets, and none at all in float64.
        return "" if gap <= _ROUNDING * most else f"logits up to {most:.2g} that differ by {gap:.2g}"

    def found_in_seeding(self) -> str:
        first, second = self.build(3).state_dict(), self.build(3).state_dict()
        unlike = [name for name in first if not torch.equal(first[name], second[name])]
        return f"different values of {unlike[0]!r}" if unlike else ""

    @torch.no_grad()
    def found_in_restored(self) -> str:
        first, second, images = self.build(1).eval(), self.build(2).eval(), self.images()
        second.load_state_dict(first.state_dict())
        return "" if torch.equal(first(images), second(images)) else "different logits"

    def found_in_trained_state(self) -> str:
        model = self.build()
        before = shapes_of(model.state_dict())
        for training in (True, False, True):
            model.train(training)
            model(self.images()).square().mean().backward()
        return state_fault(before, shapes_of(model.state_dict()))
