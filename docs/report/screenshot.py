"""Take the picture of a report for its page in the documentation: ``screenshot.py REPORT.html PICTURE.png``."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def take(report: Path, picture: Path) -> None:
    """Open ``report`` in the Chromium on the PATH, without a network, and photograph the first screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 900}, offline=True)
        page.goto(report.absolute().as_uri())
        page.wait_for_selector("html[data-drawn]", state="attached")
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
