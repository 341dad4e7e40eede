"""What campaigns brought: margin, not revenue; nothing is said that chance would say."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.offers.actions.planning import redraft_offer
from regulars.offers.actions.redeeming import redeem
from regulars.offers.queries.codes import shared_code_of
from regulars.outreach.actions.learning import learn_what_they_brought
from regulars.outreach.brought import anyway_words, brought_words
from regulars.outreach.margins import brought_since, margin_effect, margins_now
from regulars.outreach.models import Campaign, Learned
from regulars.outreach.queries.campaigns import mailing_of
from regulars.verdicts.actions import look_at
from regulars.verdicts.effects import Sides
from regulars.verdicts.models import Lot, Trial
from regulars.verdicts.queries import latest_of
from tests.factories.goals import make_group
from tests.factories.offers import a_draft, a_wave, make_offer
from tests.factories.orders import make_line, make_order
from tests.factories.outreach import make_campaign, make_segment
from tests.factories.verdicts import make_crowd, make_trial
from tests.outreach.win_backs import MARGIN, word_of
from tests.verdicts.shops import campaign as a_shop

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("count", [40, 120, 400])
def test_win_backs_without_effect_are_seldom_said_to_help_or_to_hurt(count: int) -> None:
    words = [word_of(a_shop(count, number, share=0.3), redraws=499) for number in range(60)]

    # Of 60 at 5 in 100, more than seven come about once in a hundred such runs.
    assert sum(word != "cannot" for word in words) <= 7


def test_a_gift_that_buys_nothing_is_said_to_hurt_where_many_got_it() -> None:
    shop = a_shop(4000, 1, share=0.5)

    assert (word_of(shop), word_of(shop, given=4_000)) == ("cannot", "hurt")


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("mail", "spend", "said"),
    [
        # Cents for each who was mailed, between which bounds, and the word: as docs/verdicts.md.
        ("Mens E-Mail", 0.770, (28.9, -0.1, 57.8, "cannot")),
        ("Womens E-Mail", 0.424, (32.0, 1.0, 62.9, "helped")),
    ],
)
def test_a_published_campaign_in_margin_for_each_who_was_mailed(
    real_data: Path, mail: str, spend: float, said: tuple[float, float, float, str]
) -> None:
    """Hillstrom 2008, every tenth of 64,000; the effects on spend of the whole are published."""
    with (real_data / "purchases/hillstrom/hillstrom_every_10th_row.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["segment"] in (mail, "No E-Mail")]
    left = np.array([row["segment"] == "No E-Mail" for row in rows])
    past = np.log1p(np.array([float(row["history"]) for row in rows]))[:, None]
    recency = np.array([int(row["recency"]) // 4 for row in rows])
    spent = np.array([100 * float(row["spend"]) for row in rows])

    found = margin_effect(
        Sides(spent * MARGIN, left, recency, past), Sides(spent * MARGIN, left, recency, past),
        alpha=0.05, seed=1,
    )  # fmt: skip

    assert found is not None
    assert found.low is not None and found.high is not None  # noqa: PT018
    assert found.low < 100 * spend * MARGIN < found.high
    assert (found.difference, found.low, found.high) == pytest.approx(said[:3], abs=0.1)
    assert found.word == said[3]


def drawn(at: datetime, count: int = 60) -> tuple[Campaign, Trial]:
    """A campaign of thirty days ago, of which the lot fell evenly."""
    crowd = make_crowd(count)
    began = at - timedelta(days=31)
    campaign = make_campaign(began, make_segment(began, crowd), purpose="sell")
    mailing = mailing_of(campaign)
    assert mailing is not None
    Trial.objects.filter(occasion=mailing.occasion).delete()
    trial = make_trial(crowd, began.date(), at=began, occasion=mailing.occasion)
    Campaign.objects.update(approved_at=began, starts_at=began, state="running")
    return campaign, trial


def sold(trial: Trial, *, got: int, left: int, minor: int, lines: Any = ()) -> None:
    assert trial.begins_on is not None
    for is_left_out, count in ((False, got), (True, left)):
        lots = Lot.objects.filter(trial=trial, is_left_out=is_left_out).order_by("pk")
        for lot in lots[:count]:
            order = make_order(lot.customer, trial.begins_on, total_minor=minor)
            for description, part in lines:
                make_line(order, description=description, total_minor=part)


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_what_is_left_of_each_line_counts_and_not_what_was_paid(at: datetime) -> None:
    make_group(at, "Bread", words="loaf", margin_low_bp=5_000, margin_high_bp=5_000)
    make_group(at, "The rest", margin_low_bp=1_000, margin_high_bp=2_000)
    campaign, trial = drawn(at)
    got = trial.list_count - trial.left_out_count
    # A loaf of 800 leaves 400, the rest of 1,000 leaves 100 to 200; 300 off the whole are lost.
    sold(trial, got=got, left=0, minor=1_500, lines=[("A loaf", 800), ("Candles", 1_000)])
    look_at(trial, look=4, at=at)

    learn_what_they_brought(at=at)

    learned = Learned.objects.get(campaign=campaign)
    assert learned.margin["got_mean"] == pytest.approx(400 + 150 - 300)
    assert learned.margin["left_mean"] == 0
    assert learned.margin["low"] <= learned.margin["difference"] <= learned.margin["high"]
    assert learned.word == "helped"
    said = brought_words(campaign, learned, latest_of(trial))
    assert said.heading.startswith("It was worth it: it brought about £")


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_who_would_have_bought_anyway_does_not_count(at: datetime) -> None:
    make_group(at, "All", margin_low_bp=4_000, margin_high_bp=4_000)
    campaign, trial = drawn(at)
    got, left = trial.list_count - trial.left_out_count, trial.left_out_count
    sold(trial, got=got // 2, left=left // 2, minor=1_000)
    look = look_at(trial, look=4, at=at)

    learn_what_they_brought(at=at)

    learned = Learned.objects.get(campaign=campaign)
    said = brought_words(campaign, learned, look)
    assert (learned.word, said.heading) == ("cannot", "Cannot tell whether it was worth it.")
    [anyway] = anyway_words(look)
    assert f"{got // 2} of the {got} who were meant to get it bought." in anyway
    assert "does not count" in anyway
    # Asked again, nothing changes before another look.
    assert learn_what_they_brought(at=at) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_a_share_of_a_price_that_nobody_wrote_down_is_not_free(at: datetime) -> None:
    make_group(at, "All", margin_low_bp=4_000, margin_high_bp=4_000)
    campaign, trial = drawn(at)
    assert trial.begins_on is not None
    sold(trial, got=20, left=0, minor=1_500)
    began = at - timedelta(days=31)
    offer = make_offer(began, a_wave(began, 0, "core", closes=40), a_wave(began, 1, closes=40))
    Campaign.objects.update(kind="offer", wave=offer.waves.get(is_public=True))
    lot = Lot.objects.filter(trial=trial, is_left_out=False).select_related("customer").first()
    assert lot is not None
    redeem(shared_code_of(offer), slip="one", by=SYSTEM, at=at - timedelta(days=2),
           customer=lot.customer)  # fmt: skip
    look = look_at(trial, look=4, at=at)

    learn_what_they_brought(at=at)

    learned = Learned.objects.get(campaign=campaign)
    said = brought_words(campaign, learned, look)
    assert (learned.word, learned.margin) == ("cannot", {"given_minor": None})
    assert "What was given away cannot be told" in said.lines[0]
    # The price may be written down afterwards; the next look knows.
    redraft_offer(offer, a_draft(price_minor=500), by=SYSTEM, at=at)
    Learned.objects.all().delete()
    learn_what_they_brought(at=at)
    assert Learned.objects.get().margin["given_minor"] == 60


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_without_margins_it_says_so_and_speaks_of_no_revenue(at: datetime) -> None:
    campaign, trial = drawn(at)
    sold(trial, got=20, left=0, minor=1_500)
    look = look_at(trial, look=4, at=at)

    assert (margins_now(), learn_what_they_brought(at=at)) == (None, 0)
    said = brought_words(campaign, None, look)
    assert said.heading == ("What it brought cannot be told: nobody has said what the goods cost.")
    assert "£" not in " ".join(said.lines)


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_goods_are_told_apart_however_they_are_written_and_by_their_number(at: datetime) -> None:
    make_group(at, "Bread", words="Brötchen\nR-7", margin_low_bp=5_000, margin_high_bp=6_000)
    make_group(at, "The rest", margin_low_bp=1_000, margin_high_bp=1_000)
    campaign, trial = drawn(at)
    margins = margins_now()
    assert margins is not None
    assert trial.begins_on is not None
    lots = list(Lot.objects.filter(trial=trial).order_by("pk"))
    bought = (("BRÖTCHEN, ofenfrisch", ""), ("Something", "r-7"), ("Candles", ""))
    for lot, (description, sku) in zip(lots[1:4], bought, strict=True):
        line = make_line(make_order(lot.customer, trial.begins_on), description, 1_000)
        line.sku = sku
        line.save()
        # What was taken back counts against it, and earlier orders do not count.
        make_order(lot.customer, trial.begins_on, total_minor=-840)
        make_line(make_order(lot.customer, trial.begins_on - timedelta(days=1)), "Brötchen", 9_000)

    found = brought_since(campaign, trial, margins, until=TODAY, currency="GBP")

    # Each bought for 1,840 and took 840 back: 1,000 that all stands in lines.
    assert list(found.least.outcome[:5]) == [0, 500, 500, 100, 0]
    assert list(found.most.outcome[:5]) == [0, 600, 600, 100, 0]
    assert found.given_minor == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_what_they_brought_takes_as_many_questions_for_three_who_bought_as_for_one(
    at: datetime,
) -> None:
    make_group(at, "Bread", words="loaf", margin_low_bp=5_000, margin_high_bp=5_000)
    make_group(at, "The rest", margin_low_bp=1_000, margin_high_bp=1_000)
    campaign, trial = drawn(at)
    margins, counts = margins_now(), []
    assert margins is not None
    for got in (1, 3):
        sold(trial, got=got, left=got, minor=1_000, lines=[("A loaf", 800), ("Candles", 200)])
        with CaptureQueriesContext(connection) as seen:
            brought_since(campaign, trial, margins, until=TODAY, currency="GBP")
        counts.append(len(seen))

    assert counts == [3, 3]
