"""A shop of the tests' own, which answers on this machine alone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from regulars.core.jobs import run_now
from regulars.core.models import Job
from regulars.prices.actions.shops import begin_look, take_from_shop, use_shop
from regulars.prices.models import ShopList, ShopLook
from regulars.prices.queries.shops import LOOK_JOB
from regulars.team.models import Member

FEED = "/feed.xml"


@dataclass
class Shop:
    """What it answers by path; a list of pages where the path has more than one."""

    address: str = ""
    pages: dict[str, list[str]] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    same: int = 0
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def sells(self, *products: tuple[str, str, str], **more: str) -> None:
        """Have a feed of products: number, words, price, and what else is said of all."""
        said = "".join(f"<g:{name}>{text}</g:{name}>" for name, text in more.items())
        items = "".join(
            f"<item><g:id>{number}</g:id><title>{words}</title><g:price>{price}</g:price>{said}"
            "</item>" for number, words, price in products
        )  # fmt: skip
        self.pages[FEED] = [feed_of(items)]


def feed_of(items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">'
        f"<channel><title>Rye</title>{items}</channel></rss>"
    )


@contextmanager
def open_shop() -> Iterator[Shop]:
    shop = Shop()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = urlsplit(self.path)
            shop.asked.append(self.path)
            shop.agents.add(self.headers.get("User-Agent", ""))
            query = parse_qs(told.query)
            path = told.path + ("#forms" if "type" in query else "")
            number = int(query.get("page", ["1"])[0])
            if path in shop.leads:
                self.send_response(301)
                self.send_header("Location", shop.leads[path])
                self.end_headers()
            elif path not in shop.pages:
                self.send_error(404)
            elif shop.etag and self.headers.get("If-None-Match") == shop.etag:
                shop.same += 1
                self.send_response(304)
                self.end_headers()
            else:
                pages = shop.pages[path]
                self.send_response(200)
                if shop.etag:
                    self.send_header("ETag", shop.etag)
                self.end_headers()
                self.wfile.write((pages[number - 1] if number <= len(pages) else "[]").encode())

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        shop.address = f"http://127.0.0.1:{server.server_port}"
        yield shop
        server.shutdown()


def woo(number: str, words: str, minor: str, **more: Any) -> dict[str, Any]:
    """A product as a WooCommerce shop gives it."""
    prices = {"price": minor, "regular_price": minor, "currency_code": "GBP",
              "currency_minor_unit": 2, **more.pop("prices", {})}  # fmt: skip
    return {"id": abs(hash(number)) % 10_000, "name": words, "sku": number, "type": "simple",
            "on_sale": False, "prices": prices, **more}  # fmt: skip


def written(rows: Any) -> str:
    return json.dumps(rows)


def look_at(shop: ShopList) -> ShopLook:
    """Do what was left to be done for the newest look."""
    look = ShopLook.objects.filter(shop=shop).order_by("-pk")[0]
    job = Job.objects.get(name=LOOK_JOB, arguments={"look_id": look.pk})
    done = run_now(LOOK_JOB, at=job.created_at, look_id=look.pk)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    assert done.state == Job.State.DONE, done.sentence
    look.refresh_from_db()
    return look


def named(shop: Shop, owner: Member, at: datetime, path: str = FEED, **over: Any) -> ShopList:
    """Named by the owner and looked at; nothing is taken yet."""
    found = use_shop(shop.address + path, allows_private=True, by=owner.actor, at=at, **over)
    look_at(found)
    found.refresh_from_db()
    return found


def taken(shop: Shop, owner: Member, at: datetime, path: str = FEED, **over: Any) -> ShopList:
    """Named, looked at, and its prices taken."""
    found = named(shop, owner, at, path, **over)
    take_from_shop(found, by=owner.actor, at=at)
    look_at(found)
    found.refresh_from_db()
    return found


def look_again(shop: ShopList, at: datetime, owner: Member, **more: bool) -> ShopLook:
    begin_look(shop, by=owner.actor, at=at, **more)
    return look_at(shop)
