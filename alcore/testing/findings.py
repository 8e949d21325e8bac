"""The outcome of one conformance check, and the error that gathers the failed ones."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Args:
        check: what was checked, as a short sentence.
        passed: whether it held.
        expected: what the contract asks for.
        found: what happened instead; empty where it held.
        fix: how to mend it.
        not_exercised: why the check could not be made here; such a check counts neither as passed nor as failed.
    """

    check: str
    passed: bool
    expected: str
    found: str = ""
    fix: str = ""
    not_exercised: str = ""

    @property
    def failed(self) -> bool:
        """Whether the contract is known to be broken."""
        return not self.passed and not self.not_exercised


class ConformanceError(AssertionError):
    """A component breaks its contract; the text lists every failed check."""

    def __init__(self, label: str, failed: list[Finding]) -> None:
        lines = [f"{label} fails {len(failed)} conformance check{'s' if len(failed) > 1 else ''}:"]
        for finding in failed:
            lines.append(f"- {finding.check}: expected {finding.expected}; found {finding.found}")
            if finding.fix:
                lines.append(f"  fix: {finding.fix}")
        super().__init__("\n".join(lines))
        self.failed = failed


def require(label: str, findings: Iterable[Finding]) -> None:
    """Run the checks to their end and raise if any failed.

    Raises:
        ConformanceError: at least one check failed, or could not be made: a test that exercises nothing must not pass.
    """
    failed = [finding for finding in findings if not finding.passed]
    if failed:
        raise ConformanceError(label, failed)
