"""Take the picture of the HTML report that README and docs show: `python tools/report_image.py`.

Runs `examples/flight_delays`, or takes `--record FILE`, and shows the first screen of the page in
Chromium (Debian: `chromium`, `fonts-dejavu-core`), 1280 wide and up to 720 high.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from pytest_mltestscore import find_reporter, parse_records

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "flight_delays"
IMAGE = ROOT / "docs" / "images" / "report.png"
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT, MARGIN = 1280, 720, 24
# The date by which the example's attestations are judged, as in CI.
DATE = "2026-11-23"


def record_of_example(folder: Path) -> Path:
    """Run the example and return its record."""
    record = folder / "record.json"
    options = ["--mlscore", f"--mlscore-now={DATE}", f"--mlscore-report=json:{record}"]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *options], cwd=EXAMPLE, check=True)
    return record


def photograph(page: Path, image: Path) -> None:
    """Write the first screen of a page as PNG."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        view.goto(page.as_uri())
        shown = view.locator(".summary").bounding_box()
        # Below it the next heading would be cut in two.
        height = shown["y"] + shown["height"] + MARGIN if shown else HEIGHT
        view.screenshot(path=image, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        browser.close()


def main(arguments: list[str] | None = None) -> int:
    """Take the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--record", type=Path, help="a record of a run, in place of the example's")
    parser.add_argument("--image", type=Path, default=IMAGE, help="where the picture goes")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source = options.record or record_of_example(folder)
        record, *_ = parse_records(source.read_bytes(), str(source))
        page = folder / "report.html"
        page.write_text(find_reporter("html").render(record), encoding="utf-8")
        photograph(page, options.image)
    print(f"wrote {options.image}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
