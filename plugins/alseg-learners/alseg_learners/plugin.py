"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator
from typing import Any

import alcore
from alseg_learners.options import SlicesOptions, VolumesOptions


def _with_patch_size(options: Any, scan_sizes: Any) -> alcore.Options:
    from alseg_learners.patch_size import with_patch_size

    return with_patch_size(options, scan_sizes)


@alcore.hookimpl
def register_learners() -> Iterator[alcore.LearnerSpec]:
    """Offer the learners: of slices and of volumes."""
    yield alcore.LearnerSpec(
        name="slices",
        summary="Trains a 2D network on annotated slices.",
        target="alseg_learners.slices:Slices",
        options=SlicesOptions,
        reference="Burmeister et al. 2022, section 3.2",
        dim=2,
    )
    yield alcore.LearnerSpec(
        name="volumes",
        summary="Trains a 3D network on patches around annotated voxels; predicts by sliding window.",
        target="alseg_learners.volumes:Volumes",
        options=VolumesOptions,
        reference="Isensee et al. 2021, supplementary note 2",
        dim=3,
        complete=_with_patch_size,
    )
