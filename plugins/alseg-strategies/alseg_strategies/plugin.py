"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from alcore import Options, StrategySpec, hookimpl
from alseg_strategies.options import (
    ClassScoreOptions,
    ClusteringOptions,
    DistanceOptions,
    FeatureOptions,
    MarginOptions,
    PredictiveEntropyOptions,
    RepresentativeUncertaintyOptions,
    StridedOptions,
)

PAPER = "Burmeister et al. 2022, Less Is More, section 3"


def _of_features(options: FeatureOptions) -> frozenset[str]:
    return frozenset({"model", "features"} if options.features == "model" else {"model"})


@hookimpl
def register_strategies() -> Iterator[StrategySpec]:
    """Offer the paper's query strategies and their textbook relatives."""
    yield StrategySpec(
        name="random",
        summary="Slices drawn uniformly at random (RS).",
        target="alseg_strategies.sampling:Random",
        options=Options,
        needs=frozenset(),
        reference=PAPER,
    )
    yield StrategySpec(
        name="stratified",
        summary="Random slices, the same number from each scan (StrRS).",
        target="alseg_strategies.sampling:Stratified",
        options=Options,
        needs=frozenset(),
        reference=PAPER,
    )
    yield StrategySpec(
        name="least-confidence",
        summary="Slices whose class probabilities lie nearest to undecided (LCUS).",
        target="alseg_strategies.uncertainty:LeastConfidence",
        options=ClassScoreOptions,
        reference=PAPER,
    )
    yield StrategySpec(
        name="entropy",
        summary="Slices on which the model is least decided, by the paper's entropy (EntrUS).",
        target="alseg_strategies.uncertainty:Entropy",
        options=ClassScoreOptions,
        reference=PAPER,
    )
    yield StrategySpec(
        name="predictive-entropy",
        summary="Slices of the highest mean Shannon entropy per pixel.",
        target="alseg_strategies.uncertainty:PredictiveEntropy",
        options=PredictiveEntropyOptions,
        reference="Shannon 1948; Settles 2009, Active Learning Literature Survey, section 3.1",
    )
    yield StrategySpec(
        name="margin",
        summary="Slices with the smallest margin between the two most probable classes.",
        target="alseg_strategies.uncertainty:Margin",
        options=MarginOptions,
        reference="Scheffer et al. 2001; Settles 2009, section 3.1",
    )
    yield StrategySpec(
        name="distance",
        summary="Slices whose features lie farthest from the labelled ones on average (DistRS).",
        target="alseg_strategies.distance:Distance",
        options=DistanceOptions,
        needs=_of_features,
        reference=PAPER,
    )
    yield StrategySpec(
        name="clustering",
        summary="Slices of the feature clusters that the labelled ones represent least (ClustRS).",
        target="alseg_strategies.clustering:Clustering",
        options=ClusteringOptions,
        needs=_of_features,
        reference=PAPER,
    )
    yield StrategySpec(
        name="representative-uncertainty",
        summary="Slices with the highest sum of an uncertainty and a representativeness score.",
        target="alseg_strategies.combined:RepresentativeUncertainty",
        options=RepresentativeUncertaintyOptions,
        needs=frozenset({"model"}),
        reference=PAPER,
    )
    yield StrategySpec(
        name="strided",
        summary="Blocks of adjacent slices: the ends are annotated, the rest is interpolated.",
        target="alseg_strategies.strided:Strided",
        options=StridedOptions,
        needs=frozenset(),
        reference="Burmeister et al. 2022, Less Is More, section 3 and appendix A",
    )
