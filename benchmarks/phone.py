"""How soon Today shows something useful on a telephone: a processor four times slower, slow 4G.

`./dev bench phone` serves the sample business, opens Today in Chromium with the telephone's speeds
(DevTools' "slow 4G": 180 kB/s down, 84 kB/s up, 562 ms for each question; Lighthouse's reckons with
150 ms), first with nothing kept, then again, then without any connection, and prints JSON:
milliseconds until the first words are painted, and until the card's name is.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
NOW = "2026-11-24T08:40:00+00:00"
SLOWER = 4
SLOW_4G: dict[str, float] = {
    "downloadThroughput": 180_000,
    "uploadThroughput": 84_375,
    "latency": 562.5,
}
LIGHTHOUSE: dict[str, float] = {
    "downloadThroughput": 204_800,
    "uploadThroughput": 96_000,
    "latency": 150,
}
COLD_MS, WARM_MS = 3000, 1500
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# The card's name is what one came for; where the page brings it along, both are one moment.
PAINTED = """() => new Promise((done) => {
  const told = () => {
    const first = performance.getEntriesByName("first-contentful-paint")[0];
    const name = document.querySelector("#card h2");
    if (!first || !name || !name.textContent) return setTimeout(told, 10);
    done([first.startTime, Math.max(first.startTime, performance.now())]);
  };
  told();
})"""


def main() -> None:
    options = _options()
    with _served(options.port) as link, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.chromium, args=FLAGS)
        known = _signed_in(browser, link)
        figures = {
            name: _figures(browser, known, options, speeds)
            for name, speeds in (("slow 4G", SLOW_4G), ("Lighthouse", LIGHTHOUSE))
        }
        browser.close()
    print(json.dumps({"load": os.getloadavg(), "rounds": options.rounds, **figures}, indent=2))
    slow = figures["slow 4G"]
    is_slow = slow["cold"]["first_ms"] > COLD_MS or slow["warm"]["first_ms"] > WARM_MS
    sys.exit("too slow on a telephone" if is_slow else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=8921)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    return parser.parse_args()


@contextmanager
def _served(port: int) -> Iterator[str]:
    """The sample business on a stopped clock; gives a link that signs its manager in."""
    home = tempfile.mkdtemp(prefix="regulars-phone-")
    env = {**os.environ, "REGULARS_HOME": home, "REGULARS_NOW": NOW}
    env.pop("DATABASE_URL", None)
    product = [sys.executable, "-m", "regulars.cli"]
    for arguments in (["init"], ["demo"]):
        subprocess.run([*product, *arguments], env=env, cwd=ROOT, check=True, capture_output=True)
    server = subprocess.Popen([*product, "serve", "--port", str(port)], env=env, cwd=ROOT)
    try:
        _await(port)
        asked = [*product, "sign-in", "--member", "tomasz@juniper-and-rye.test"]
        done = subprocess.run(asked, env=env, cwd=ROOT, check=True, capture_output=True, text=True)
        yield f"http://127.0.0.1:{port}/{done.stdout.strip().split('/', 3)[3]}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def _await(port: int) -> None:
    for _attempt in range(480):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthy", timeout=1).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise SystemExit(f"Nothing answers on port {port}.")


def _signed_in(browser: Browser, link: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    if page.locator("main form button[type=submit]").count():
        page.locator("main form button[type=submit]").first.click()
    page.locator("#card").wait_for()
    known = context.storage_state()
    address = page.url
    context.close()
    return {"state": known, "address": address}


def _figures(
    browser: Browser, known: Any, options: argparse.Namespace, speeds: dict[str, float]
) -> dict[str, dict[str, float]]:
    seen: dict[str, list[list[float]]] = {"cold": [], "warm": [], "no connection": []}
    for _round in range(options.rounds):
        context = browser.new_context(
            storage_state=known["state"],
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
        )
        seen["cold"].append(_opened(context, known["address"], speeds, wait=True))
        seen["warm"].append(_opened(context, known["address"], speeds))
        context.set_offline(True)
        seen["no connection"].append(_opened(context, known["address"], None))
        context.close()
    return {
        name: {
            "first_ms": round(statistics.median(one[0] for one in times)),
            "card_ms": round(statistics.median(one[1] for one in times)),
            "worst_ms": round(max(one[1] for one in times)),
        }
        for name, times in seen.items()
    }


def _opened(
    context: BrowserContext, address: str, speeds: dict[str, float] | None, *, wait: bool = False
) -> list[float]:
    page = context.new_page()
    probe = context.new_cdp_session(page)
    probe.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if speeds:
        probe.send("Network.emulateNetworkConditions", {"offline": False, **speeds})
    page.goto(address, wait_until="commit")
    painted: list[float] = page.evaluate(PAINTED)
    if wait:
        page.locator("html[data-kept=yes]").wait_for(timeout=120_000)
    page.close()
    return painted


if __name__ == "__main__":
    main()
