import sysconfig
import venv

import pytest

TIMED = "timed: "


@pytest.fixture
def fresh_python(tmp_path):
    """Python of a new virtual environment: alseg is installed there, with what it needs, and no other plugin.

    Nothing is downloaded: what the environment of the tests holds is there too, and what is installed stays out of it.
    """
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    (site_packages,) = folder.glob("[Ll]ib/**/site-packages")
    installed_here = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (site_packages / "environment_of_the_tests.pth").write_text(installed_here, encoding="utf-8")
    return next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists())


@pytest.fixture
def timed(record_property):
    """Have a duration printed below the tests' results; no test depends on one."""
    return lambda what, seconds: record_property(TIMED + what, f"{seconds:.1f} s")


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name.startswith(TIMED):
                terminalreporter.write_line(f"{name.removeprefix(TIMED)}: {value}")
