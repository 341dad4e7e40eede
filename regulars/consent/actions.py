"""Writing down what customers decided and wish, whom nobody may write to, and on which ground."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.consent import opting_in, zones
from regulars.consent.choices import Channel, Decision, Ground, Purpose, Stopped
from regulars.consent.deciding import CHUNK, Given, event_of, latest_of, newly, stand
from regulars.consent.errors import (
    GroundUnfit,
    NotInCare,
    NotLifted,
    OnlyLooking,
    OnlyOwners,
    OptInClosed,
    WishUnclear,
)
from regulars.consent.events import ConsentRecorded, OptInAsked, WishesChanged
from regulars.consent.grounds import may_rest_on
from regulars.consent.models import (
    ConsentEvent,
    GroundChoice,
    OptInRequest,
    Suppression,
    Wish,
)
from regulars.consent.remembering import keep_refusals, keep_suppression
from regulars.consent.rules import may_decide_grounds, may_lift, may_note, may_wish_for
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.bulk import run_sql, table_of
from regulars.core.events import announce
from regulars.customers.actions.people import Named, add_customer
from regulars.customers.actions.points import forget_bounces
from regulars.customers.choices import Kind, PointKind
from regulars.customers.models import Customer

LONGEST_PAUSE = timedelta(days=366)
MOST_DAYS_APART = 366


# Decisions


# What makes a yes count cannot be told in fewer words.
def record_decision(  # noqa: PLR0913
    customer_ids: Iterable[int],
    channel: str,
    decision: Decision,
    *,
    source: str,
    by: Actor,
    at: datetime,
    wording: str = "",
    happened_at: datetime | None = None,
    purpose: str = "",
    proof: str = "",
) -> int:
    """Write down that customers agreed, said no, or are said to have agreed.

    Without a purpose it is about everything that comes by the channel. Returns for how many that
    is news. A yes needs the words it was given in and what shows it; everything else lowers or
    leaves as it is (RELIABILITY C3).
    """
    given = [Given(pk, source, wording, proof, happened_at) for pk in set(customer_ids)]
    return record_decisions(given, channel, decision, purpose=purpose, by=by, at=at)


@transaction.atomic
def record_decisions(
    given: Iterable[Given],
    channel: str,
    decision: Decision,
    *,
    by: Actor,
    at: datetime,
    purpose: str = "",
) -> int:
    """Write down decisions that were told one by one, each with its own words and proof.

    Whoever stands there already gets no second event, and a yes that is older than the last no
    changes nothing.
    """
    if not may_note(by):
        raise OnlyLooking
    latest = latest_of(given, decision, at)
    # Locked in one order, as whoever sends will lock them: a no that comes first counts first.
    locked = Customer.objects.select_for_update().filter(pk__in=sorted(latest))
    ids = list(locked.order_by("pk").values_list("pk", flat=True))
    news = [latest[pk] for pk in newly(ids, channel, purpose, decision, latest, at)]
    if not news:
        return 0
    ConsentEvent.objects.bulk_create(
        (event_of(one, channel, purpose, decision, by=by, at=at) for one in news), batch_size=CHUNK
    )
    stand(news, channel, purpose, decision, at)
    if decision == Decision.WITHDRAWN:
        keep_refusals([one.customer_id for one in news], channel, purpose, at)
    audit.record(
        "recorded consent", "consent.consentevent", by=by, at=at,
        channel=channel, decision=decision, count=len(news), **_named(purpose),
    )  # fmt: skip
    announce(ConsentRecorded(channel, decision, len(news), purpose), at=at)
    return len(news)


def _named(purpose: str) -> dict[str, str]:
    return {"purpose": purpose} if purpose else {}


# Addresses that nobody writes to


@transaction.atomic
def suppress(
    channel: str,
    seal: str,
    why: Stopped,
    *,
    at: datetime,
    by: Actor = SYSTEM,
    until: datetime | None = None,
    detail: str = "",
) -> Suppression:
    """Write to an address no more, whoever it belongs to and whoever will have it.

    `seal` is that of the address or number (`ContactPoint.seal`). For good, or until a moment;
    a shorter time never takes the place of a longer one.
    """
    if not may_note(by):
        raise OnlyLooking
    found, is_new = Suppression.objects.select_for_update().get_or_create(
        channel=channel, seal=seal, why=why, lifted_at=None,
        defaults={"since": at, "until": until, "detail": detail[:200]},
    )  # fmt: skip
    if not is_new:
        if found.until is None or (until is not None and until <= found.until):
            return found
        found.until, found.detail = until, detail[:200] or found.detail
        found.save(update_fields=["until", "detail"])
    audit.record("suppressed", found, by=by, at=at, channel=channel, why=why)
    keep_suppression(found)
    return found


@transaction.atomic
def lift_suppression(suppression: Suppression, *, by: Actor, at: datetime, reason: str) -> None:
    """Write to an address again: what we stopped ourselves, or what came back by mistake.

    Never after a complaint, at a lawyer's word, or for whom we have forgotten.
    """
    if not may_lift(by):
        raise OnlyOwners(_("Only an owner lets us write to an address again."))
    found = Suppression.objects.select_for_update().get(pk=suppression.pk)
    if found.why not in (Stopped.STAFF, Stopped.BOUNCED, Stopped.FULL):
        raise NotLifted(
            _("This stays: %(why)s.") % {"why": found.get_why_display()},
            _("Reach them by another way."),
        )
    if not reason.strip():
        raise NotLifted(_("There is no reason yet."), _("Write why we may write there again."))
    if found.lifted_at is not None:
        return
    found.lifted_at, found.detail = at, reason.strip()[:200]
    found.save(update_fields=["lifted_at", "detail"])
    audit.record("lifted suppression", found, by=by, at=at, channel=found.channel, why=found.why)
    keep_suppression(found)
    if found.why == Stopped.BOUNCED:
        # Otherwise the address would stay one that nobody can be reached by.
        forget_bounces(found.seal, by=by, at=at)


# Wishes


@transaction.atomic
def set_wishes(  # noqa: PLR0913 - each says one thing about how they want it
    customer: Customer,
    *,
    by: Actor,
    at: datetime,
    channel: str = "",
    topics: Sequence[str] = (),
    every_days: int | None = None,
    paused_until: datetime | None = None,
    time_zone: str = "",
    language: str | None = None,
) -> Wish:
    """Keep how a customer wants to hear from us; what is left out is no wish any more.

    Without a time zone or a language, the one that is known stays.
    """
    if not may_wish_for(by, customer):
        raise NotInCare(customer.name)
    _check_wishes(channel, topics, every_days, paused_until, time_zone, at)
    Customer.objects.select_for_update().get(pk=customer.pk)
    wishes = {
        "channel": channel, "topics": sorted(set(topics)), "only_for": Wish.as_only_for(topics),
        "every_days": every_days, "paused_until": paused_until, "changed_at": at,
    }  # fmt: skip
    if time_zone:
        source = "staff" if by.kind == "staff" else "customer"
        wishes |= {"time_zone": time_zone, "zone_source": source}
    if language is not None:
        wishes["language"] = language
    wish, _is_new = Wish.objects.update_or_create(customer=customer, defaults=wishes)
    audit.record("set wishes", customer, by=by, at=at)
    announce(WishesChanged(customer.pk), at=at)
    return wish


@transaction.atomic
def void_links(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Let no link that a customer was given until now open anything; saying no stays possible."""
    if not may_wish_for(by, customer):
        raise NotInCare(customer.name)
    Customer.objects.select_for_update().get(pk=customer.pk)
    Wish.objects.update_or_create(
        customer=customer, defaults={"links_void_before": at},
        create_defaults={"links_void_before": at, "changed_at": at},
    )  # fmt: skip
    audit.record("made links void", customer, by=by, at=at)


def _check_wishes(
    channel: str,
    topics: Sequence[str],
    every_days: int | None,
    paused_until: datetime | None,
    time_zone: str,
    at: datetime,
) -> None:
    if (channel and channel not in Channel.values) or not set(topics) <= set(Purpose.values):
        raise WishUnclear(_("Choose a channel and topics from the list."))
    if every_days is not None and not 1 <= every_days <= MOST_DAYS_APART:
        raise WishUnclear(_("Choose between 1 and %(most)s days.") % {"most": MOST_DAYS_APART})
    if paused_until is not None and not at < paused_until <= at + LONGEST_PAUSE:
        raise WishUnclear(
            _("A pause ends on a day to come, within a year."),
            _("To hear nothing ever again, say no to the channel."),
        )
    if time_zone and not zones.is_zone(time_zone):
        raise WishUnclear(_("There is no such time zone."), _("Choose one from the list."))


@transaction.atomic
def place_by_clock(customer_ids: Iterable[int] | None = None, *, at: datetime) -> int:
    """Work out by which clock customers live, from the country they live in; returns how many
    changed. What a customer or one of us said stays as it is.
    """
    return zones.place(customer_ids, at=at)


@transaction.atomic
def note_purchases(purchases: "QuerySet[Any, tuple[int, date]]", *, at: datetime) -> int:
    """Keep when customers last bought, for grounds that rest on it: one statement for a set of
    (customer, last day).
    """
    chosen, values = purchases.order_by().query.sql_with_params()
    table = table_of(Wish)
    moment = connection.ops.adapt_datetimefield_value(at)
    return run_sql(
        # Before the WITH: sqlite3 counts the rows of a statement by its first word.
        f"INSERT INTO {table} (customer_id, time_zone, zone_source, channel, topics,"  # noqa: S608
        " last_purchase_on, changed_at)"
        f" WITH bought (customer_id, last_on) AS ({chosen})"
        " SELECT customer_id, '', '', '', '[]', last_on, %s FROM bought WHERE last_on IS NOT NULL"
        " ON CONFLICT (customer_id) DO UPDATE SET last_purchase_on = excluded.last_purchase_on"
        f" WHERE {table}.last_purchase_on IS DISTINCT FROM excluded.last_purchase_on",
        [*values, moment],
    )


# Grounds


@transaction.atomic
def choose_ground(
    channel: str, purpose: str, ground: str, *, why: str, by: Actor, at: datetime
) -> None:
    """Rest a purpose on a ground of our own choosing, and say why; without one, on the preset."""
    if not may_decide_grounds(by):
        raise OnlyOwners(_("Only an owner decides on which ground we write."))
    if channel not in Channel.values or purpose not in Purpose.values:
        raise GroundUnfit(_("Choose a channel and a purpose from the list."))
    if not ground:
        GroundChoice.objects.filter(channel=channel, purpose=purpose).delete()
    else:
        _check_ground(purpose, ground, why)
        GroundChoice.objects.update_or_create(
            channel=channel, purpose=purpose,
            defaults={"ground": ground, "why": why.strip(), "decided_at": at,
                      "decided_by_id": by.member_id},
        )  # fmt: skip
    audit.record(
        "chose ground", "consent.groundchoice", by=by, at=at,
        channel=channel, purpose=purpose, ground=ground,
    )  # fmt: skip


def _check_ground(purpose: str, ground: str, why: str) -> None:
    if ground not in Ground.values or not may_rest_on(purpose, ground):
        raise GroundUnfit(
            _("This purpose cannot rest on that ground."),
            _("Only what they bought or asked for, and what the law asks of us, goes out "
              "whatever they decided."),
        )  # fmt: skip
    if not why.strip():
        raise GroundUnfit(_("There is no reason yet."), _("Write why you may rest on it."))


# Public forms


@transaction.atomic
def ask_to_opt_in(
    address: str,
    *,
    name: str,
    purposes: Sequence[str],
    wording: str,
    source: str,
    asked_from_ip: str,
    at: datetime,
) -> OptInRequest | None:
    """Note that somebody wants to hear from us; it counts once they confirm it by mail.

    Nothing comes back where they asked today already, where too many were asked for from one
    place, or where the address is closed: a door answers the same to everybody (RELIABILITY C8).
    """
    request = opting_in.asked(address, name, purposes, wording, source, asked_from_ip, at)
    if opting_in.is_too_much(request):
        return None
    request.save()
    announce(OptInAsked(request.pk), at=at)
    return request


@transaction.atomic
def confirm_opt_in(request: OptInRequest, *, at: datetime, proof: str) -> Customer:
    """Count a yes that came back from the mailbox itself, and know the customer by it.

    Whoever is on the list with this address agrees; else they are put on it. An archived customer
    stays archived: only we put somebody back.
    """
    request = OptInRequest.objects.select_for_update().get(pk=request.pk)
    if request.customer is not None and request.confirmed_at is not None:
        return request.customer
    if request.expires_at <= at:
        raise OptInClosed(
            _("This was not confirmed in time, so nothing was changed."),
            _("Fill in the form again."),
        )
    customer = opting_in.known(request) or add_customer(
        Named(Kind.PERSON, request.name or request.address), by=SYSTEM, at=at,
        reach=(PointKind.EMAIL, request.address),
    )  # fmt: skip
    for purpose in request.purposes or [""]:
        record_decision(
            [customer.pk], request.channel, Decision.GRANTED, source=request.source, by=SYSTEM,
            at=at, wording=request.wording, happened_at=at, purpose=purpose, proof=proof,
        )  # fmt: skip
    _wish_for_more(customer, request.purposes, at)
    request.customer, request.confirmed_at = customer, at
    request.save(update_fields=["customer", "confirmed_at"])
    return customer


def _wish_for_more(customer: Customer, purposes: Sequence[str], at: datetime) -> None:
    """Whoever asks for something no longer wants to hear only about other things."""
    wish = Wish.objects.filter(customer=customer).exclude(only_for="").first()
    topics = sorted({*wish.topics, *purposes}) if wish and purposes else []
    if wish is None or topics == wish.topics:
        return
    wish.topics, wish.only_for, wish.changed_at = topics, Wish.as_only_for(topics), at
    wish.save(update_fields=["topics", "only_for", "changed_at"])
    announce(WishesChanged(customer.pk), at=at)
