"""Every number of the pages opens just the customers behind it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.insight import behind as behind_module
from regulars.insight.actions import count_figures, set_tier
from regulars.insight.behind import customers_behind, keep_behind, list_behind
from regulars.insight.errors import TooManyToList
from regulars.insight.models import Behind, BehindMember, KeptFigure
from regulars.insight.plates.pages import PAGES
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import customers_of, opened
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Member
from tests.factories.insight import add_orders, days_ago, make_buyer, make_stranger, refreshed

pytestmark = pytest.mark.django_db(transaction=True)
ClientOf = Callable[[Member], Client]
# Numbers that count no customers: shares and their bounds, days, and what is only foretold.
COUNTS_NOBODY = {
    "Share", "Share of the money", "19 times in 20 between", "Of all", "Open days", "Money",
    "Beside an average day",
}  # fmt: skip


@pytest.fixture
def books(at: datetime) -> None:
    """Newcomers and regulars with goods; and whatever a list might count otherwise."""
    for place in range(26):
        gaps = [10 + place * 7] * (place % 4)
        make_buyer(*gaps, last=days_ago(4 + place * 9), spend=500 + 100 * (place % 3))
    for silence in (3, 16, 25, 40):
        make_buyer(*[14] * 7, last=days_ago(silence), spend=900)
    # Long ago: what the weeks would have brought is laid beside all who came, gone or not.
    gone = make_buyer(10, last=days_ago(420), spend=70_000)
    Customer.objects.filter(pk=gone.pk).update(archived_at=at)
    crowd = make_stranger(name="Cash sale")
    add_orders(crowd, *[days_ago(n % 90) for n in range(1005)], spend=350)
    early = make_buyer(20, last=days_ago(1))
    add_orders(early, days_ago(-2))
    add_orders(early, days_ago(50), spend=300, currency="EUR")
    add_orders(make_stranger(), days_ago(9), spend=-300, kind=OrderKind.CANCELLATION)
    set_tier(make_buyer(7, 7, last=days_ago(2)), tier="lost", reason="Moved", by=SYSTEM, at=at)
    orders = Order.objects.exclude(customer=crowd).order_by("pk")
    goods = (("", "Rye"), ("", "RYE"), ("T-1", "Rye"), ("T-1", "Tart"))
    OrderLine.objects.bulk_create(
        OrderLine(order=order, line_no=1, sku=sku, description=words, total_minor=place)
        for place, order in enumerate(orders)
        for sku, words in [goods[place % 4]]
    )
    refreshed()
    count_figures(by=SYSTEM, at=at)
    _as_if_foretold()


def _as_if_foretold() -> None:
    """Forty customers foretell nothing; what came before stands beside it all the same."""
    kept = KeptFigure.objects.get(name="ahead")
    names = ("purchases", "low", "high", "spend_minor", "spend_low_minor", "spend_high_minor")
    kept.rows = [{**row, **dict.fromkeys(names, 100)} for row in kept.rows]
    kept.save()


@dataclass(frozen=True)
class Shown:
    """A number of a table: under which head, in which words, and what it opens."""

    head: str
    words: str
    href: str

    @property
    def count(self) -> int | None:
        """How many customers its list holds; None for money and for purchases."""
        told = re.search(r"from ([\d,]+) customer|, ([\d,]+) with all", self.words)
        plain = re.fullmatch(r"\(?([\d,]+)\)?", self.words.split(", ")[0])
        counts = None if self.head in ("Purchases",) else plain
        found = told or counts
        return int(next(filter(None, found.groups())).replace(",", "")) if found else None


def numbers_of(page: str) -> Iterator[Shown]:
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        heads = [_words(one) for one in re.findall(r"<th scope=\"col\".*?</th>", table)]
        for row in re.findall(r"<tr>(.*?)</tr>", table.partition("</thead>")[2], re.DOTALL):
            cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            for head, cell in zip(heads[1:], cells[1:], strict=False):
                href = re.search(r'<a href="([^"]+)"', cell)
                yield Shown(head, _words(cell), unescape(href[1]) if href else "")


def _words(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def test_every_number_opens_just_the_customers_behind_it(
    owner: Member, client_of: ClientOf, books: None, at: datetime
) -> None:
    client, asking = client_of(owner), asking_of(owner.actor, at)
    seen: dict[str, int] = {}
    wrong: list[tuple[str, Shown, int]] = []
    unlinked: set[str] = set()

    for page in PAGES:
        html = client.get(f"/insight/{page.slug}/").content.decode()
        for one in numbers_of(html):
            if one.href.startswith("/insight/behind/"):
                found = listed_behind(client, one.href, asking)
            elif one.href:
                found = listed(one.href, asking)
            else:
                unlinked |= {one.head} if re.search(r"[1-9]", one.words) else set()
                continue
            seen[page.slug] = seen.get(page.slug, 0) + 1
            if one.count is not None and one.count != found:
                wrong.append((page.slug, one, found))

    assert wrong == []
    assert unlinked <= COUNTS_NOBODY
    assert set(seen) == {page.slug for page in PAGES}
    assert sum(seen.values()) > 150


def test_a_list_that_was_opened_stays_through_the_next_count_and_can_be_too_long(
    owner: Member, client_of: ClientOf, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no longer behind any number goes; a page of what is not there is not there."""
    ruth, page = make_stranger(name="Ruth"), "/insight/behind/flows/2026-11/active/slipping"
    slipping, lost = ("flows", "2026-11/active/slipping"), ("flows", "2026-11/core/lost")
    keep_behind({slipping: np.array([ruth.pk, ruth.pk + 5]), lost: np.array([2])}, at=at)
    behind = Behind.objects.get(cell="2026-11/active/slipping")
    list_behind(behind, title="Moved", by=owner.actor, at=at)

    keep_behind({slipping: np.array([ruth.pk + 5])}, at=at + timedelta(days=1))

    again = Behind.objects.get()
    assert (again.pk, list(customers_behind(again)), again.title) == (
        behind.pk, [ruth.pk + 5], "Moved",
    )  # fmt: skip
    assert list(BehindMember.objects.values_list("customer", flat=True)) == [ruth.pk]
    assert client_of(owner).get(page).status_code == 404
    monkeypatch.setattr(behind_module, "MOST_LISTED", 0)
    with pytest.raises(TooManyToList):
        list_behind(again, title="Moved", by=owner.actor, at=at)


def test_helpers_list_nobody_behind_a_number(
    helper: Member, client_of: ClientOf, at: datetime
) -> None:
    keep_behind({("flows", "2026-11/core/lost"): np.array([1])}, at=at)

    answer = client_of(helper).post("/insight/listed/flows/2026-11/core/lost")

    assert answer.status_code == 403
    with pytest.raises(NotAllowed):
        list_behind(Behind.objects.get(), title="Lost", by=helper.actor, at=at)


def listed(href: str, asking: object) -> int:
    tree = json.loads(parse_qs(urlsplit(href).query)["f"][0])
    return customers_of(opened(tree, asking).node, asking).count()  # type: ignore[arg-type]


def listed_behind(client: Client, href: str, asking: object) -> int:
    """As its page says, and as the list that it opens."""
    page = client.get(href).content.decode()
    answer = client.post(href.replace("/behind/", "/listed/"))
    said = re.search(r'class="story">([\d,]+) customer', page)
    found = listed(answer["Location"], asking)
    assert said is not None
    assert found == int(said[1])
    return found
