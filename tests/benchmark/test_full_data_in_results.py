"""A real full-data run beside real active learning is what it is held against, in results and report."""

import pytest
from alseg_results.overview import look_at
from alseg_results.report.report import write_report
from alseg_results.tables.scores import whole_table

from alcore.registry import Registry
from alcore.runs.directory import RunDirectory


def test_full_data_is_drawn_and_measured_against(benchmark, tmp_path):
    _, planned, failed = benchmark("random", full_data={"learner": {"epochs": 12, "learning_rate": 0.02}})
    assert failed == []
    full, active = (RunDirectory.open(job.job.directory).rounds() for job in planned.jobs)
    full_data = full[0]["scores"]["validation"]["dice"]["mean"]
    assert full_data > active[-1]["scores"]["validation"]["dice"]["mean"]  # or the figures below would say nothing

    overview = look_at(tmp_path / "bench", Registry.installed())
    assert [run.label for run in overview.found.runs] == ["random"]
    (row,) = overview.figures.to_dict("records")
    assert row["full_data"] == pytest.approx(full_data)
    assert f"full-data score {full_data:.3f}" in whole_table(overview, overview.found.datasets[0]).caption
    assert row["foreground_efficiency"] == pytest.approx(row["foreground_efficiency"])  # a number

    write_report(tmp_path / "bench", tmp_path / "report.html", Registry.installed())
    assert f"full data: {full_data:.3f}" in (tmp_path / "report.html").read_text()
