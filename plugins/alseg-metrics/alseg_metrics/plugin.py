"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

import alcore
from alseg_metrics import options


@alcore.hookimpl
def register_metrics() -> Iterator[alcore.MetricSpec]:
    """Offer the metrics: of overlap, of volume, of the surfaces' distance and of calibration."""
    yield alcore.MetricSpec(
        name="dice",
        summary="Dice similarity coefficient.",
        target="alseg_metrics.overlap:Dice",
        needs="counts",
        reference="Dice 1945",
    )
    yield alcore.MetricSpec(
        name="iou",
        summary="Intersection over union (Jaccard index).",
        target="alseg_metrics.overlap:IoU",
        needs="counts",
        reference="Jaccard 1901",
    )
    yield alcore.MetricSpec(
        name="sensitivity",
        summary="Share of the true region that is found (recall).",
        target="alseg_metrics.overlap:Sensitivity",
        needs="counts",
    )
    yield alcore.MetricSpec(
        name="specificity",
        summary="Share of the voxels outside the true region that are left alone.",
        target="alseg_metrics.overlap:Specificity",
        needs="counts",
    )
    yield alcore.MetricSpec(
        name="precision",
        summary="Share of the predicted region that is right.",
        target="alseg_metrics.overlap:Precision",
        needs="counts",
    )
    yield alcore.MetricSpec(
        name="relative-volume-difference",
        summary="Absolute difference of predicted and true volume, by the true volume.",
        target="alseg_metrics.overlap:RelativeVolumeDifference",
        needs="counts",
        higher_is_better=False,
    )
    yield alcore.MetricSpec(
        name="volume-difference",
        summary="Absolute difference of predicted and true volume.",
        target="alseg_metrics.volume:VolumeDifference",
        needs="volume",
        higher_is_better=False,
        unit="ml",
    )
    yield alcore.MetricSpec(
        name="hausdorff",
        summary="Hausdorff distance of the surfaces.",
        target="alseg_metrics.surfaces:Hausdorff",
        options=options.DistanceOptions,
        needs="volume",
        higher_is_better=False,
        unit="mm",
        reference="Huttenlocher et al. 1993",
    )
    yield alcore.MetricSpec(
        name="hausdorff-95",
        summary="95th percentile of the Hausdorff distance of the surfaces.",
        target="alseg_metrics.surfaces:Hausdorff95",
        options=options.DistanceOptions,
        needs="volume",
        higher_is_better=False,
        unit="mm",
        reference="Huttenlocher et al. 1993",
        aliases=("hd95",),
    )
    yield alcore.MetricSpec(
        name="surface-distance",
        summary="Average symmetric surface distance (ASSD).",
        target="alseg_metrics.surfaces:AverageSurfaceDistance",
        options=options.DistanceOptions,
        needs="volume",
        higher_is_better=False,
        unit="mm",
        reference="Heimann et al. 2009",
        aliases=("assd",),
    )
    yield alcore.MetricSpec(
        name="surface-dice",
        summary="Share of the surfaces within a tolerance of each other (normalised surface Dice).",
        target="alseg_metrics.surfaces:SurfaceDice",
        options=options.SurfaceDiceOptions,
        needs="volume",
        reference="Nikolov et al. 2021",
        aliases=("nsd",),
    )
    yield alcore.MetricSpec(
        name="calibration-error",
        summary="Expected calibration error (ECE) of each class against the rest.",
        target="alseg_metrics.calibration:CalibrationError",
        options=options.CalibrationErrorOptions,
        needs="probabilities",
        higher_is_better=False,
        reference="Naeini et al. 2015; Nixon et al. 2019",
        aliases=("ece",),
    )
    yield alcore.MetricSpec(
        name="brier",
        summary="Brier score of each class against the rest.",
        target="alseg_metrics.calibration:Brier",
        needs="probabilities",
        higher_is_better=False,
        reference="Brier 1950",
    )
