"""Makes the guide's pictures from the sample: `.venv/bin/python docs/guides/pictures.py`.

A server of its own on a stopped clock, a browser that signs in by a one-time link, one picture a
step. Names on the command line make only these: `… pictures.py today customer`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.servers import chromium  # noqa: E402

OUT = Path(__file__).resolve().parent / "pictures"
NOW = "2026-11-24T08:40:00+00:00"
PORT = int(os.environ.get("PORT", "8918"))
ADDRESS = f"http://127.0.0.1:{PORT}"
LARGEST = 150 * 1024
# What has come into a page is painted, and has stopped moving, after so many milliseconds.
SETTLED = 500
TILL = """CUST_NAME,TEL1,EML,PCODE,DATE,TOTAL
Ruth Calloway,01632 960 214,ruth@calloway.example,AM4 2TR,23/11/2026,8.40
Joss Tully,07700 900 462,joss.tully@example.com,AM4 3BD,23/11/2026,9.00
Florian Achterberg,01632 960 871,,AM4 3BH,22/11/2026,11.60
Harbour Physio,01632 960 877,reception@harbour-physio.test,AM4 2TR,20/11/2026,92.00
Maren Oduya,01632 960 402,,AM4 2TR,31/02/2026,7.20
"""


def shown(page: Page, path: str) -> None:
    page.goto(ADDRESS + path, wait_until="networkidle")


def today(page: Page) -> None:
    shown(page, "/")
    page.locator("[id^=item-]").filter(has_text="Ruth Calloway").first.click()
    # The card comes into the page as it stands: nothing loads that could be waited for.
    page.locator("#card[aria-label='Ruth Calloway']").wait_for()
    page.wait_for_timeout(SETTLED)


def in_the_hand(page: Page) -> None:
    shown(page, "/")


def customer(page: Page) -> None:
    shown(page, "/customers/?q=ruth+calloway")
    page.get_by_role("link", name="Ruth Calloway").first.click()
    page.wait_for_load_state("networkidle")


def customers(page: Page) -> None:
    shown(page, "/customers/")


def insight(page: Page) -> None:
    shown(page, "/insight/")


def people(page: Page) -> None:
    shown(page, "/team/people")


def look(page: Page) -> None:
    """A file from the till, on the page that says what would happen."""
    file = Path(tempfile.mkdtemp()) / "till-export-november.csv"
    file.write_text(TILL, encoding="utf-8")
    shown(page, "/imports/new/?kind=orders")
    page.locator("input[type=file]").first.set_input_files(file)
    page.locator("main form[enctype] button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    go_on = page.locator("main form button.main[type=submit]")
    if "/columns" in page.url and go_on.count():
        go_on.first.click()
    page.wait_for_timeout(6_000)


def sample(page: Page) -> None:
    shown(page, "/demo/")


def message(page: Page) -> None:
    """A kept text, as Ruth will read it; nothing is sent."""
    customer(page)
    page.goto(f"{ADDRESS}/messages/to/{page.url.rstrip('/').rsplit('/', 1)[-1]}/")
    page.locator("#choose-text").select_option(index=1)
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="See it as they will").click()
    paper = page.frame_locator("iframe[name=paper]")
    paper.locator("body").get_by_text("Ruth").first.wait_for()
    page.wait_for_timeout(SETTLED)


def mailing(page: Page) -> None:
    """The look at a mailing before it leaves: the draft of the sample."""
    shown(page, "/messages/")
    page.locator(".mailings .name").first.click()
    page.wait_for_load_state("networkidle")


def messages(page: Page) -> None:
    shown(page, "/messages/")


def holds(page: Page) -> None:
    shown(page, "/messages/holds/")


def cadences(page: Page) -> None:
    shown(page, "/plan/cadences")


def reasons(page: Page) -> None:
    shown(page, "/plan/reasons")


# Name, who looks, how wide, what they do.
Shot = tuple[str, str, int, Callable[[Page], None]]
SHOTS: tuple[Shot, ...] = (
    ("today", "tomasz", 1024, today),
    ("today-phone", "tomasz", 390, in_the_hand),
    ("customer", "tomasz", 1024, customer),
    ("customers", "tomasz", 1024, customers),
    ("insight", "nora", 1024, insight),
    ("look", "nora", 1024, look),
    ("people", "nora", 1024, people),
    ("sample", "nora", 1024, sample),
    ("message", "nora", 1024, message),
    ("mailing", "nora", 1024, mailing),
    ("messages", "nora", 1024, messages),
    ("holds", "nora", 1024, holds),
    ("cadences", "nora", 1024, cadences),
    ("reasons", "nora", 1024, reasons),
)


def main(asked: list[str]) -> int:
    OUT.mkdir(exist_ok=True)
    shots = [shot for shot in SHOTS if not asked or shot[0] in asked]
    with bakery() as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        failed = [shot[0] for shot in shots if not taken(browser, product, shot)]
        browser.close()
    if failed:
        print("Not made:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def taken(browser: Browser, product: Callable[..., str], shot: Shot) -> bool:
    """Take one picture; says whether it could be taken and is small enough."""
    name, who, width, walk = shot
    link = product("sign-in", "--member", f"{who}@juniper-and-rye.test", "--url", ADDRESS)
    height = 760 if width < 600 else 640
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    try:
        page.goto(link.strip().splitlines()[-1].split()[-1])
        page.locator("main button[type=submit], form button[type=submit]").first.click()
        page.wait_for_load_state("networkidle")
        walk(page)
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=OUT / f"{name}.png")
    except Exception as error:  # one picture less must not cost the others
        print(f"{name}: {error}", file=sys.stderr)
        return False
    finally:
        context.close()
    size = (OUT / f"{name}.png").stat().st_size
    print(f"{name}: {size // 1024} KB", file=sys.stderr)
    return size <= LARGEST


@contextmanager
def bakery() -> Iterator[Callable[..., str]]:
    """The sample business, served; gives what runs a command of the product in it."""
    home = Path(tempfile.mkdtemp(prefix="regulars-pictures-"))
    env = {**os.environ, "REGULARS_HOME": str(home), "REGULARS_NOW": NOW}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "regulars.cli"]

    def product(*arguments: str) -> str:
        run = [*command, *arguments]
        done = subprocess.run(run, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    product("init")
    product("demo")
    server = subprocess.Popen(
        [*command, "serve", "--port", str(PORT)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    try:
        await_answer()
        yield product
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def await_answer() -> None:
    for _attempt in range(480):
        try:
            urllib.request.urlopen(f"{ADDRESS}/healthy", timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise SystemExit(f"Nothing answers on {ADDRESS}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
