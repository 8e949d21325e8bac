"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator
from typing import Final

from alcore import Needs, Options, StrategySpec, hookimpl
from alseg_strategies.committee_options import DiceOptions, PowerBaldOptions, SoftrankBaldOptions
from alseg_strategies.diversity_options import (
    CoresetOptions,
    DiverseTopOptions,
    DiversityOptions,
    MaxHerdingOptions,
    ProbCoverOptions,
    SampledOptions,
    TypiClustOptions,
)
from alseg_strategies.noise_options import ClaspOptions, NoisyOptions, PowerOptions, StochasticBatchesOptions
from alseg_strategies.options import (
    ClassScoreOptions,
    ClusteringOptions,
    DistanceOptions,
    FeatureOptions,
    FeatureSource,
    ForegroundRandomOptions,
    MarginOptions,
    PredictiveEntropyOptions,
    RankingOptions,
    RepresentativeUncertaintyOptions,
    StridedOptions,
)

NOISE = "Kirsch et al. 2023, Stochastic Batch Acquisition: A Simple Baseline for Deep Active Learning"
COMMITTEE: Needs = frozenset({"model", "members"})
GAL = "Gal, Islam and Ghahramani 2017, Deep Bayesian Active Learning with Image Data"
PAPER = "Burmeister et al. 2022, Less Is More, section 3"
UNITS: Final = ("slice", "patch", "volume")


def _of_features(options: FeatureOptions) -> Needs:
    return _of_vectors(options) | {"model"}


def _of_vectors(options: FeatureSource) -> Needs:
    return frozenset({"model", "features"}) if options.features == "model" else frozenset()


def _of_foreground(options: ForegroundRandomOptions) -> Needs:
    return frozenset({"labels"}) if options.source == "position" else frozenset({"model", "labels"})


@hookimpl
def register_strategies() -> Iterator[StrategySpec]:
    """Offer the paper's query strategies and their textbook relatives."""
    yield StrategySpec(
        name="random",
        summary="Slices drawn uniformly at random (RS).",
        target="alseg_strategies.sampling:Random",
        options=Options,
        units=UNITS,
        needs=frozenset(),
        reference=PAPER,
    )
    yield StrategySpec(
        name="stratified",
        summary="Random slices, the same number from each scan (StrRS).",
        target="alseg_strategies.sampling:Stratified",
        options=Options,
        units=UNITS,
        needs=frozenset(),
        reference=PAPER,
    )
    yield StrategySpec(
        name="least-confidence",
        summary="Slices whose class probabilities lie nearest to undecided (LCUS).",
        target="alseg_strategies.uncertainty:LeastConfidence",
        options=ClassScoreOptions,
        units=UNITS,
        reference=PAPER,
    )
    yield StrategySpec(
        name="entropy",
        summary="Slices on which the model is least decided, by the paper's entropy (EntrUS).",
        target="alseg_strategies.uncertainty:Entropy",
        options=ClassScoreOptions,
        units=UNITS,
        reference=PAPER,
    )
    yield StrategySpec(
        name="predictive-entropy",
        summary="Slices of the highest mean Shannon entropy per pixel.",
        target="alseg_strategies.uncertainty:PredictiveEntropy",
        options=PredictiveEntropyOptions,
        units=UNITS,
        reference="Shannon 1948; Settles 2009, Active Learning Literature Survey, section 3.1",
    )
    yield StrategySpec(
        name="margin",
        summary="Slices with the smallest margin between the two most probable classes.",
        target="alseg_strategies.uncertainty:Margin",
        options=MarginOptions,
        units=UNITS,
        reference="Scheffer et al. 2001; Settles 2009, section 3.1",
    )
    yield StrategySpec(
        name="distance",
        summary="Slices whose features lie farthest from the labelled ones on average (DistRS).",
        target="alseg_strategies.distance:Distance",
        options=DistanceOptions,
        units=("slice", "volume"),
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
        units=("slice", "volume"),
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
    yield StrategySpec(
        name="foreground-random",
        summary="Random slices, most of them where foreground is expected.",
        target="alseg_strategies.foreground:ForegroundRandom",
        options=ForegroundRandomOptions,
        needs=_of_foreground,
        reference="after Lueth et al. 2025, nnActive, without its oracle",
    )
    yield StrategySpec(
        name="strided-even",
        summary="The same number of slices from each scan, at equal distances.",
        target="alseg_strategies.even:StridedEven",
        options=Options,
        needs=frozenset(),
    )
    yield StrategySpec(
        name="coreset",
        summary="Slices farthest from the nearest labelled or chosen one (greedy k-centre).",
        target="alseg_strategies.coreset:Coreset",
        options=CoresetOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Sener and Savarese 2018, Active Learning for Convolutional Neural Networks: A Core-Set Approach",
    )
    yield StrategySpec(
        name="max-herding",
        summary="Slices to which the pool is most similar, by a Gaussian kernel.",
        target="alseg_strategies.coverage:MaxHerding",
        options=MaxHerdingOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Bae et al. 2024, Generalized Coverage for More Robust Low-Budget Active Learning",
    )
    yield StrategySpec(
        name="probcover",
        summary="Slices whose balls of a fixed radius hold most of the pool.",
        target="alseg_strategies.coverage:ProbCover",
        options=ProbCoverOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Yehuda et al. 2022, Active Learning Through a Covering Lens",
    )
    yield StrategySpec(
        name="facility-location",
        summary="Slices to which the pool is most similar, by the cosine of features.",
        target="alseg_strategies.coverage:FacilityLocation",
        options=SampledOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Wei et al. 2015, Submodularity in Data Subset Selection and Active Learning",
    )
    yield StrategySpec(
        name="typiclust",
        summary="Typical slices of the clusters with the fewest labels.",
        target="alseg_strategies.typiclust:TypiClust",
        options=TypiClustOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Hacohen et al. 2022, Active Learning on a Budget",
    )
    yield StrategySpec(
        name="kmeans-centres",
        summary="The slices nearest to the centres of as many clusters as there is budget (ALPS).",
        target="alseg_strategies.centres:KMeansCentres",
        options=DiversityOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Yuan et al. 2020, Cold-start Active Learning through Self-supervised Language Modeling",
    )
    yield StrategySpec(
        name="diverse-top",
        summary="Of the slices with the highest score those that differ most.",
        target="alseg_strategies.diverse_top:DiverseTop",
        options=DiverseTopOptions,
        units=("slice", "volume"),
        needs=_of_vectors,
        reference="Zhdanov 2019, Diverse Mini-batch Active Learning",
    )
    yield StrategySpec(
        name="noisy",
        summary="Slices drawn with a probability that grows with any score.",
        target="alseg_strategies.noise:Noisy",
        options=NoisyOptions,
        units=UNITS,
        needs=frozenset(),
        reference=NOISE,
    )
    yield StrategySpec(
        name="power-pe",
        summary="Slices drawn with a probability that grows with their predictive entropy (PowerPE).",
        target="alseg_strategies.noise:Noisy",
        options=PowerOptions,
        units=UNITS,
        needs=frozenset(),
        reference=NOISE,
    )
    yield StrategySpec(
        name="stochastic-batches",
        summary="Of many random groups of slices the one with the highest mean score.",
        target="alseg_strategies.stochastic_batches:StochasticBatches",
        options=StochasticBatchesOptions,
        units=UNITS,
        needs=frozenset(),
        reference="Gaillochet et al. 2023, Active learning for medical image segmentation with stochastic batches",
    )
    yield StrategySpec(
        name="clasp-pe",
        summary="Slices of each class drawn by entropy, with less and less chance (ClaSP PE).",
        target="alseg_strategies.clasp:ClaspPe",
        options=ClaspOptions,
        units=("slice", "volume"),
        reference="Lueth et al. 2026, ClaSP PE, arXiv 2601.13677",
    )
    yield StrategySpec(
        name="bald",
        summary="Slices about which the members of a committee disagree (mutual information).",
        target="alseg_strategies.committee:Bald",
        options=RankingOptions,
        units=UNITS,
        needs=COMMITTEE,
        reference=GAL,
    )
    yield StrategySpec(
        name="committee-entropy",
        summary="Slices of the highest Shannon entropy of a committee's mean prediction.",
        target="alseg_strategies.committee:CommitteeEntropy",
        options=RankingOptions,
        units=UNITS,
        needs=COMMITTEE,
        reference=GAL,
    )
    yield StrategySpec(
        name="expected-entropy",
        summary="Slices of the highest mean Shannon entropy of a committee's members.",
        target="alseg_strategies.committee:ExpectedEntropy",
        options=RankingOptions,
        units=UNITS,
        needs=COMMITTEE,
        reference=GAL,
    )
    yield StrategySpec(
        name="variation-ratio",
        summary="Slices where many members vote against the majority.",
        target="alseg_strategies.committee:VariationRatio",
        options=RankingOptions,
        units=UNITS,
        needs=COMMITTEE,
        reference=GAL,
    )
    yield StrategySpec(
        name="expected-dice",
        summary="Slices where members have a low soft Dice with their mean.",
        target="alseg_strategies.committee:ExpectedDice",
        options=DiceOptions,
        units=UNITS,
        needs=COMMITTEE,
        reference="Lueth et al. 2025, nnActive",
    )
    yield StrategySpec(
        name="committee-dice",
        summary="Slices where the masks of members have a low Dice with each other.",
        target="alseg_strategies.committee:CommitteeDice",
        options=DiceOptions,
        units=UNITS,
        needs=COMMITTEE,
        reference="Roy et al. 2018, Inherent Brain Segmentation Quality Control",
    )
    yield StrategySpec(
        name="power-bald",
        summary="Slices drawn with a probability that grows with mutual information (PowerBALD).",
        target="alseg_strategies.noise:Noisy",
        options=PowerBaldOptions,
        units=UNITS,
        needs=frozenset(),
        reference=NOISE,
    )
    yield StrategySpec(
        name="softrank-bald",
        summary="Slices drawn with a probability that falls with the rank of mutual information.",
        target="alseg_strategies.noise:Noisy",
        options=SoftrankBaldOptions,
        units=UNITS,
        needs=frozenset(),
        reference=NOISE,
    )
