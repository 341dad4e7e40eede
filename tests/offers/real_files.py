"""Campaigns of two businesses, as their files have them: whom they were for, and who used them."""

import csv
from collections import Counter
from pathlib import Path

from regulars.core.actor import Actor
from regulars.customers.models import Customer, Reference
from regulars.offers.models import Chosen, Redemption
from regulars.offers.queries.sorts import used_by_sort
from tests.factories.intake import A_DAY, bring, counts

Rows = list[dict[str, str]]


def bring_campaigns(folder: Path, actor: Actor, *, every: int = 1) -> None:
    """Every so many-th household of a grocer's 27 campaigns, with the coupons that they used."""
    held = {
        role: read(folder / f"purchases/completejourney_small/{name}.csv") for role, name in (
            ("offers", "campaign_descriptions"), ("chosen", "campaigns"),
            ("redemptions", "coupon_redemptions"),
        )
    }  # fmt: skip
    for role in ("chosen", "redemptions"):
        held[role] = [one for one in held[role] if int(one["household_id"]) % every == 0]
    sort_of = {one["campaign_id"]: one["campaign_type"] for one in held["offers"]}
    make_known({one["household_id"] for one in held["chosen"]})

    item = bring("redemptions", {role: text(rows) for role, rows in held.items()}, currency="USD")

    assert counts(item) == (sum(map(len, held.values())), 0, 0, 0, 0)
    uses = Counter(sort_of[one["campaign_id"]] for one in held["redemptions"])
    meant = Counter(sort_of[one["campaign_id"]] for one in held["chosen"])
    pairs = {(one["campaign_id"], one["household_id"]) for one in held["redemptions"]}
    used_by = Counter(sort_of[campaign] for campaign, _household in pairs)
    found = {one.sort: (one.uses, one.meant, one.used_by) for one in used_by_sort(actor)}
    assert found == {sort: (uses[sort], meant[sort], used_by[sort]) for sort in meant}
    if every == 1:
        assert found["Type A"] == (1718, 3647, 604)


def bring_responses(folder: Path, *, every: int = 1) -> None:
    """Every so many-th customer of six campaigns, each of which is a column."""
    whole = read(folder / "purchases/ifood_campaigns/marketing_campaign.csv", delimiter=";")
    rows = whole[::every]
    make_known({one["ID"] for one in rows})

    item = bring("redemptions", {"responses": text(rows)}, currency="EUR")

    assert counts(item) == (len(rows), 0, 0, 0, 0)
    names = [*(f"AcceptedCmp{nth}" for nth in range(1, 6)), "Response"]
    told = {name: sum(one[name] == "1" for one in rows) for name in names}
    used = Redemption.objects.values_list("offer__name", flat=True)
    assert Counter(used) == told
    assert Chosen.objects.count() == len(names) * len(rows)


def read(file: Path, *, delimiter: str = ",") -> Rows:
    lines = file.read_text("utf-8-sig").splitlines()
    return list(csv.DictReader(lines, delimiter=delimiter))


def text(rows: Rows) -> str:
    return "\n".join([";".join(rows[0]), *(";".join(one.values()) for one in rows), ""])


def make_known(numbers: set[str]) -> None:
    """Customers with these numbers."""
    made = Customer.objects.bulk_create(
        Customer(name=f"Customer {one}", created_at=A_DAY, updated_at=A_DAY) for one in numbers
    )
    Reference.objects.bulk_create(
        Reference(customer=one, source="files", value=number)
        for one, number in zip(made, numbers, strict=True)
    )
