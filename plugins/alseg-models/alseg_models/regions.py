"""How large the predicted and the true region of each class are, and how far they overlap."""

from dataclasses import dataclass

from torch import Tensor

from alcore import LabelSpace


@dataclass(frozen=True)
class Regions:
    """Soft voxel counts, each (rows, classes); a row is a slice, or the whole batch.

    Args:
        overlap: sum of the probabilities inside the true region.
        predicted: sum of the probabilities.
        true: voxels of the true region.
        known: whether any voxel counted.
    """

    overlap: Tensor
    predicted: Tensor
    true: Tensor
    known: Tensor


def measure_regions(logits: Tensor, target: Tensor, label_space: LabelSpace, *, skip_background: bool) -> Regions:
    """Measure the regions of each slice, ignored voxels left out; the softmax or sigmoid is taken here.

    Args:
        logits: (n, classes, *spatial).
        target: as in :class:`alcore.contracts.Loss`.
        label_space: what the classes are.
        skip_background: leave out class 0.
    """
    truth, valid = label_space.one_hot(target)
    probabilities = label_space.probabilities(logits) * valid
    truth = truth.to(probabilities.dtype)
    if skip_background:
        probabilities, truth = probabilities[:, 1:], truth[:, 1:]
    space = tuple(range(2, logits.dim()))
    overlap = (probabilities * truth).sum(dim=space)
    known = valid.flatten(2).any(dim=2).expand_as(overlap)
    return Regions(overlap, probabilities.sum(dim=space), truth.sum(dim=space), known)


def pool_regions(regions: Regions, weight: Tensor) -> Regions:
    """Add up the regions of a batch into one row.

    Slices enter the regions in full, since half a slice has no overlap to speak of; ``weight`` (n,) scales how
    strongly each of them pulls on the model, that is, its gradient.
    """

    def pulled(soft: Tensor) -> Tensor:
        share = weight.to(soft).unsqueeze(1)
        return (soft * share + soft.detach() * (1 - share)).sum(dim=0, keepdim=True)

    return Regions(
        pulled(regions.overlap),
        pulled(regions.predicted),
        regions.true.sum(dim=0, keepdim=True),
        regions.known.any(dim=0, keepdim=True),
    )
