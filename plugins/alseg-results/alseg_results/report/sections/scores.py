"""Results: scores at chosen rounds, per class, what they cost in annotation."""

from alseg_results.report.page import Section
from alseg_results.report.subject import Subject
from alseg_results.tables.scans import weakest_table
from alseg_results.tables.scores import class_table, effort_table, rounds_table, whole_table


def section(subject: Subject) -> Section:
    """The tables of the paper, and what lies behind them, for each dataset."""
    overview = subject.overview
    makers = (rounds_table, class_table, whole_table, weakest_table, effort_table)
    made = [maker(overview, dataset) for dataset in subject.results.datasets for maker in makers]
    text = (
        "Mean ± standard deviation over seeds. The best mean of a table is highlighted; this does not imply a "
        "significant difference (see Comparison). A column without any figure is left out.",
    )
    return Section("results", "Results", text, tables=tuple(table for table in made if table is not None))
