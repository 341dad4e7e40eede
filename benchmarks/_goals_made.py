"""The business whose goals, departures and campaigns `goals.py` asks for, set by set."""

import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from screens import NOW, TODAY, _day, _stored

SELLERS, AREAS, GOODS, TOWNS = 20, 5, 40, 300
REASONS = ("price", "quality", "service", "moved", "competitor", "need_gone", "closed", "unknown")


def add(customers: int) -> None:
    from django.db import transaction

    from regulars.core.actor import SYSTEM
    from regulars.core.bulk import count_anew
    from regulars.insight.actions import refresh_facts
    from regulars.orders.models import Order, OrderLine

    began = time.monotonic()
    with transaction.atomic():
        _add_addresses()
        _add_orders(customers)
        _add_departures(customers)
    count_anew(Order, OrderLine)
    refresh_facts(by=SYSTEM, at=NOW)
    with transaction.atomic():
        _begin_history()
        _add_goals()
        _add_campaigns(customers)
    print(f"added in {time.monotonic() - began:.0f} s", file=sys.stderr)


def _add_addresses() -> None:
    from regulars.core.bulk import run_sql

    run_sql(
        "INSERT INTO customers_contactpoint (customer_id, kind, value, normal, seal, label, street,"
        " postcode, city, region, country, is_primary, state, source, created_at)"
        " SELECT c.id, 'address', 'Lane ' || c.id, 'lane' || c.id, 'lane' || c.id, '', '', '',"
        f" 'Town ' || (c.id %% {TOWNS}), 'Region ' || (c.id %% 20),"
        " CASE WHEN c.id %% 10 = 0 THEN 'FR' ELSE 'GB' END, TRUE, 'usable', 'bench', %s"
        " FROM customers_customer c",
        [_stored(NOW)],
    )
    run_sql(
        "INSERT INTO consent_consentstate (customer_id, channel, purpose, decision, changed_at)"
        " SELECT c.id, k.channel, '', CASE WHEN c.id %% 10 < 6 THEN 'granted' ELSE 'withdrawn' END,"
        " %s FROM customers_customer c CROSS JOIN"
        " (SELECT 'email' AS channel UNION ALL SELECT 'call') k",
        [_stored(NOW)],
    )


def _add_orders(customers: int) -> None:
    from regulars.core.bulk import run_sql, write_rows
    from regulars.orders.models import Order, Seller
    from regulars.team.models import Member

    team = list(Member.objects.order_by("pk"))
    sellers = Seller.objects.bulk_create(
        Seller(source="bench", words=str(nth), member=team[nth % len(team)],
               region=f"Area {nth % AREAS}", is_told=True)
        for nth in range(SELLERS)
    )  # fmt: skip
    lot = random.Random(5)
    write_rows(
        Order,
        ["customer_id", "source", "external_id", "kind", "status", "placed_at", "placed_on",
         "total_minor", "shipping_minor", "currency", "line_count"],
        _more_orders(customers, lot),
    )  # fmt: skip
    run_sql(
        f"UPDATE orders_order SET seller_id = {sellers[0].pk} + id %% {SELLERS}, line_count = 1"
    )
    run_sql(
        "INSERT INTO orders_orderline (order_id, line_no, sku, description, quantity, total_minor)"
        f" SELECT id, 1, '', 'Goods ' || (id %% {GOODS}), 1, total_minor FROM orders_order"
    )


def _more_orders(customers: int, lot: random.Random) -> Iterator[tuple[Any, ...]]:
    """Four more each, anywhere in three years."""
    for pk in range(1, customers + 1):
        for nth in range(4):
            day = TODAY - timedelta(days=lot.randint(0, 3 * 365))
            moment = NOW - timedelta(days=(TODAY - day).days)
            yield (pk, "earlier", f"{pk}-{nth}", "sale", "", _stored(moment),
                   _day(day), lot.randint(300, 9000), 0, "GBP", 1)  # fmt: skip


def _add_departures(customers: int) -> None:
    from regulars.core.bulk import write_rows
    from regulars.departures.models import Departure

    def rows() -> Iterator[tuple[Any, ...]]:
        for pk in range(10, customers + 1, 10):
            is_back = pk % 30 == 0
            left_on = TODAY - timedelta(days=30 + pk % 400)
            at = _stored(NOW - timedelta(days=(TODAY - left_on).days))
            yield (pk, REASONS[pk // 10 % len(REASONS)], "they", "sure", "", False,
                   _day(left_on), "back" if is_back else "standing", at,
                   _day(left_on), "", _stored(NOW) if is_back else None,
                   _day(TODAY) if is_back else None)  # fmt: skip

    write_rows(
        Departure,
        ["customer_id", "reason", "said_by", "sureness", "words", "wants_peace", "left_on",
         "state", "recorded_at", "recorded_on", "link", "ended_at", "back_on"],
        rows(),
    )  # fmt: skip


def _add_goals() -> None:
    from regulars.goals.actions.progress import count_progress
    from regulars.goals.queries.goals import Group
    from regulars.lists.models import Segment
    from regulars.team.models import Member
    from tests.factories.goals import make_cost, make_goal, make_group

    made_segment("Everybody", "SELECT id FROM customers_customer")
    made_segment("Some", "SELECT id FROM customers_customer WHERE id %% 20 = 0")
    make_cost(NOW)
    bread = make_group(NOW, "Bread", words="\n".join(f"goods {n}" for n in range(1, 9)))
    make_group(NOW, "The rest", 4_000)
    managers = list(Member.objects.filter(role="manager").order_by("pk")[:3])
    groups = [
        Group("all"), Group("tier", tier="active"), Group("tier", tier="core"),
        Group("segment", segment_id=Segment.objects.get(name="Some").pk),
        Group("goods", goods_id=bread.pk),
        Group("region", place_kind="city", place="Town 7"),
        Group("region", place_kind="country", place="GB"),
        Group("region", place_kind="area", place="Area 2"),
    ]  # fmt: skip
    for nth, group in enumerate(groups):
        goal = make_goal(NOW, managers[nth % 3], group=group, amount_minor=10**9)
        goal.answer, goal.answered_at = "accepted", NOW
        goal.save(update_fields=["answer", "answered_at"])
    make_goal(NOW, managers[0], counts="own")
    make_goal(NOW, managers[1], counts="sold")
    from regulars.goals.actions.counting import count_trade

    count_trade(at=NOW)
    count_progress(at=NOW)


def _begin_history() -> None:
    """As if this had been the first count: goals ask for tiers of the day on which they begin."""
    from regulars.core.bulk import run_sql

    run_sql("DELETE FROM insight_tierchange")
    run_sql(
        "INSERT INTO insight_tierchange (customer_id, from_tier, to_tier, changed_on, written_at,"
        " why, reason)"
        " SELECT customer_id, '', tier, %s, %s, 'first', '' FROM insight_customerfacts",
        [_day(TODAY), _stored(NOW)],
    )


def made_segment(name: str, whom: str) -> None:
    from regulars.core.bulk import run_sql
    from regulars.lists.models import Segment

    made = Segment.objects.create(name=name, created_at=NOW, changed_at=NOW, refreshed_at=NOW)
    run_sql(
        "INSERT INTO lists_segmentmember (segment_id, customer_id, entered_at)"
        f" SELECT {made.pk}, id, %s FROM ({whom}) k",
        [_stored(NOW)],
    )


def _add_campaigns(customers: int) -> None:
    from regulars.core.actor import SYSTEM
    from regulars.departures.actions.winning import note_change, write_letter
    from regulars.departures.choices import Give, Reason
    from regulars.lists.models import Segment
    from regulars.outreach.models import Campaign, CampaignCall
    from regulars.outreach.queries.campaigns import mailing_of
    from regulars.verdicts.models import Trial
    from tests.factories.outreach import make_campaign

    everybody = Segment.objects.get(name="Everybody")
    for means in ("message", "both", "call"):
        make_campaign(NOW, everybody, name=f"Draft {means}", means=means, most_calls=60)
    note_change(
        Reason.PRICE, words="A smaller loaf costs less.", changed_on=TODAY, by=SYSTEM, at=NOW
    )
    for nth in range(3):
        write_letter(
            Reason.PRICE, give=Give.DISCOUNT, gift="A tenth off", cost_minor=300 + nth,
            by=SYSTEM, at=NOW,
        )  # fmt: skip
    began = NOW - timedelta(days=31)
    running = make_campaign(began, everybody, name="Running", means="both", purpose="sell")
    Campaign.objects.filter(pk=running.pk).update(
        approved_at=began, starts_at=began, state="running", calls_from=began.date(),
        calls_until=TODAY,
    )  # fmt: skip
    CampaignCall.objects.bulk_create(
        CampaignCall(campaign=running, customer_id=pk) for pk in range(1, 1_001)
    )
    mailing = mailing_of(running)
    assert mailing is not None
    Trial.objects.filter(occasion=mailing.occasion).delete()
    _draw(customers, began.date(), mailing.occasion)


def _draw(customers: int, begins_on: date, occasion: str) -> None:
    import numpy as np

    from regulars.core.actor import SYSTEM
    from regulars.verdicts.actions import draw_lots, keep_control_group
    from regulars.verdicts.drawing import Known

    ids = np.arange(1, customers + 1, dtype=np.int64)
    nothing = np.zeros(len(ids))
    trial = keep_control_group(
        occasion=occasion, name="Running", purpose="sell", channel="email", list_count=customers,
        rate_before=0.3, by=SYSTEM, at=NOW,
    )  # fmt: skip
    known = Known(ids, np.zeros(len(ids), dtype=np.int64), nothing, nothing)
    draw_lots(trial, known, begins_on=begins_on, at=NOW)
