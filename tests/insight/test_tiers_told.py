"""A file may say who customers are to us: a person's word, with its reason and its end."""

from datetime import date, timedelta

import pytest

from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.models import Customer
from regulars.insight.actions import refresh_facts
from regulars.insight.models import TierChange, TierOverride
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db
CONTENT = (
    "Name,Email,Tier,Tier reason,Tier until\n"
    "Ruth,ruth@example.com,Core,Our first customer,2031-05-01\n"
    "Ada,ada@example.com,lost,Moved to Leeds,\n"
    "Tom,tom@example.com,,,\n"
)


def told() -> dict[str, tuple[str, str, date | None]]:
    rows = TierOverride.objects.values_list("customer__name", "tier", "reason", "until_on")
    return {name: (tier, reason, until) for name, tier, reason, until in rows}


def changes() -> list[tuple[str, str, str, str]]:
    rows = TierChange.objects.order_by("pk")
    return list(rows.values_list("customer__name", "from_tier", "to_tier", "why"))


def test_a_file_sets_tiers_once_with_reason_and_end(business: object) -> None:
    item = bring("customers", CONTENT)

    assert counts(item) == (3, 0, 0, 0, 0)
    both = {
        "Ruth": ("core", "Our first customer", date(2031, 5, 1)),
        "Ada": ("lost", "Moved to Leeds", None),
    }
    assert told() == both
    assert changes() == [("Ruth", "new", "core", "set"), ("Ada", "new", "lost", "set")]
    assert counts(bring("customers", CONTENT)) == (0, 0, 3, 0, 0)

    again = bring("customers", CONTENT.replace("lost", "slipping").replace("2031", "2032"))

    assert counts(again) == (0, 2, 1, 0, 0)
    assert told()["Ruth"][2] == date(2032, 5, 1)
    assert changes()[2:] == [("Ada", "lost", "slipping", "set")]


def test_a_tier_that_is_none_is_refused_and_one_that_is_over_is_not_set(business: object) -> None:
    content = CONTENT.replace("Core", "Gold").replace(",Moved to Leeds,", ",,2020-01-01")

    item = bring("customers", content)

    assert counts(item) == (2, 0, 0, 1, 0)
    [problem] = item.files.get().problems.all()
    assert "“Gold” is not a tier" in problem.message
    assert told() == {}


def test_the_counted_tiers_of_our_own_file_are_nobodys_word(business: object) -> None:
    """No column says why; chosen by a person, the file itself is the reason."""
    content = "Name,Email,Tier\nRuth,ruth@example.com,Active\n"

    bring("customers", content)
    assert told() == {}
    bring("customers", content, mapping={"customers": {
        "name": "Name", "email": "Email", "tier": "Tier",
    }})  # fmt: skip

    [(tier, reason, _until)] = told().values()
    assert tier == "active"
    assert reason.startswith("said in the file “")


@pytest.mark.django_db(transaction=True)
def test_an_undo_takes_the_words_back_and_writes_it_down(business: object) -> None:
    bring("customers", "Name,Email\nRuth,ruth@example.com\nAda,ada@example.com\n")
    ada = Customer.objects.get(name="Ada")
    bring("customers", CONTENT.replace("lost", "core"))
    held = told()["Ada"]
    item = bring("customers", CONTENT)

    undo_now(Operation.objects.get(subject_id=item.pk), by=COMMAND, at=A_DAY)
    refresh_facts(by=SYSTEM, at=A_DAY + timedelta(hours=1), undone_since=A_DAY)

    assert told()["Ada"] == held
    assert list(TierChange.objects.filter(customer=ada).order_by("pk").values_list(
        "from_tier", "to_tier", "why", "until_on",
    ))[-2:] == [
        ("core", "lost", "set", A_DAY.date()), ("lost", "core", "taken_back", None),
    ]  # fmt: skip
