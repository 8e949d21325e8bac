"""Options of the phantoms. Light: imported for listings."""

from pydantic import Field

from alcore import Options


class PhantomOptions(Options):
    """Size and difficulty of a phantom."""

    scans: int = Field(20, ge=5, le=10_000, description="Number of scans; every fifth validates.")
    noise: float = Field(0.06, ge=0.0, le=1.0, description="Standard deviation of the noise; tissue lies in 0 to 1.")
    seed: int = Field(0, ge=0, description="Seed of the generator: the same seed gives the same scans.")


class HippocampusPhantomOptions(PhantomOptions):
    """As many scans as the Decathlon's hippocampus task has."""

    scans: int = Field(260, ge=5, le=10_000, description="Number of scans; every fifth validates.")


class ProstatePhantomOptions(PhantomOptions):
    """As many scans as the Decathlon's prostate task has."""

    scans: int = Field(32, ge=5, le=10_000, description="Number of scans; every fifth validates.")
