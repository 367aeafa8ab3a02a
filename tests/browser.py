"""One headless Chromium for the pages that dosenote writes: axe, widths, print. Needs no network and gets none."""

from __future__ import annotations

import base64
import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

#: Width and height in inches.
PAPERS = {"a4": (8.27, 11.69), "letter": (8.5, 11.0)}

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--hide-scrollbars",
    "--lang=en",
)

_AXE = """
const done = arguments[arguments.length - 1];
const only = {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]};
axe.run(document, {runOnly: only, resultTypes: ["violations"]}).then(
  found => done(found.violations.map(each => [each.id, each.nodes.map(node => node.html)])),
  error => done(String(error)));
"""


class Violation(NamedTuple):
    """A rule of axe that a page breaks, and the elements that break it, as HTML."""

    rule: str
    nodes: tuple[str, ...]


def missing() -> str:
    """Why no browser can be started here; empty when one can."""
    if not _chromium():
        return "there is no Chromium on this machine (Debian: apt-get install chromium chromium-driver)"
    if not shutil.which("chromedriver"):
        return "there is no chromedriver on this machine (Debian: apt-get install chromium-driver)"
    gone = [name for name in ("selenium", "selenium_axe_python", "pypdfium2") if importlib.util.find_spec(name) is None]
    return f"{' and '.join(gone)}: not installed (pip install -e '.[test]')" if gone else ""


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


#: Seconds for a page to be there, and what says that it is.
_PATIENCE = 30
_IS_THERE = "return document.readyState === 'complete' && document.body.childElementCount > 0"


class Browser:
    """A started Chromium. Every method opens the page anew, at a width in CSS pixels, on a screen unless told."""

    def __init__(self, driver: Any, axe: str) -> None:
        self.driver = driver
        self._axe = axe

    @property
    def version(self) -> str:
        return str(self.driver.capabilities["browserVersion"])

    def open(self, page: Path, width: int = 800, media: str = "screen", grey: bool = False) -> None:
        """Shows a local file. media: "screen" or "print"; grey: without any colour."""
        from selenium.webdriver.support.wait import WebDriverWait

        self._cdp("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self._cdp("Emulation.setEmulatedMedia", media=media)
        self._cdp("Emulation.setEmulatedVisionDeficiency", type="achromatopsia" if grey else "none")
        # The same address again may be told as loaded while nothing of it is there: an empty sheet was printed.
        self.driver.get("about:blank")
        self.driver.get(page.resolve().as_uri())
        WebDriverWait(self.driver, _PATIENCE).until(lambda driver: driver.execute_script(_IS_THERE))

    def violations(self, page: Path, width: int = 800, media: str = "screen") -> list[Violation]:
        """What axe finds wrong (WCAG 2.1 A and AA, and best practice); empty when nothing is."""
        self.open(page, width, media)
        self.driver.execute_script(self._axe)
        found = self.driver.execute_async_script(_AXE)
        assert isinstance(found, list), found
        return [Violation(rule, tuple(nodes)) for rule, nodes in found]

    def scroll_width(self, page: Path, width: int) -> int:
        """How wide the page's content is; more than `width` means that one must scroll sideways."""
        self.open(page, width)
        return int(self.driver.execute_script("return document.documentElement.scrollWidth"))

    def screenshot(
        self, page: Path, to: Path, width: int = 800, media: str = "screen", grey: bool = False, height: int = 0
    ) -> None:
        """Writes a PNG of the page, the whole of it or its first `height` pixels."""
        self.open(page, width, media, grey)
        whole = self.driver.execute_script("return document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height or whole, whole), "scale": 1}
        shot = self._cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        to.write_bytes(base64.b64decode(shot["data"]))

    def print_pdf(self, page: Path, paper: str = "a4", background: bool = False) -> bytes:
        """The page as the browser prints it on a paper of PAPERS; browsers leave backgrounds out unless told."""
        from selenium.common.exceptions import WebDriverException

        self.open(page, media="print")
        width, height = PAPERS[paper]
        sheet = {"paperWidth": width, "paperHeight": height, "printBackground": background}
        try:
            printed = self._cdp("Page.printToPDF", **sheet)
        except WebDriverException as error:  # Chromium's printing process does not always come up on a busy machine
            if "Printing failed" not in str(error):
                raise
            printed = self._cdp("Page.printToPDF", **sheet)
        return base64.b64decode(printed["data"])

    def evaluate(self, script: str, *values: Any) -> Any:
        """What a script returns on the page that was opened last."""
        return self.driver.execute_script(script, *values)

    def _cdp(self, command: str, **values: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, values)


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        return len(document)


def pdf_text(pdf: bytes) -> str:
    """The words of a PDF, page after page, read by the library that Chromium shows PDF files with."""
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "\n")


@contextmanager
def started(profile: Path) -> Iterator[Browser]:
    """A Chromium with its profile in an empty folder; it is ended on leaving, whatever happened."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(_chromium())
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    # With its path given, selenium does not look for a driver to download.
    driver = webdriver.Chrome(options=options, service=Service(executable_path=shutil.which("chromedriver")))
    try:
        driver.set_page_load_timeout(60)
        driver.set_script_timeout(60)
        spec = importlib.util.find_spec("selenium_axe_python")
        assert spec is not None
        assert spec.origin is not None
        axe = (Path(spec.origin).parent / "axe-core" / "axe.min.js").read_text("utf-8")
        yield Browser(driver, axe)
    finally:
        driver.quit()
