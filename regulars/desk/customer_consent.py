"""One customer's permission on one page: where they stand, every decision, wishes; to print."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.consent.actions import lift_suppression, record_decision, set_wishes, suppress
from regulars.consent.choices import Channel, Decision, Stopped
from regulars.consent.grounds import grounds_now
from regulars.consent.models import Suppression, Wish
from regulars.consent.queries import Record, is_lifter, record_of, suppression_of
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.keyset import is_whole
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.people import customer_for, is_changeable, point_of
from regulars.desk.consent_forms import ToldForm, WishesForm
from regulars.desk.consent_words import (
    first_sentence,
    holds,
    is_liftable,
    standings,
    told_rows,
    told_to,
    wish_pairs,
)
from regulars.desk.customer_changes import Incomplete, changing
from regulars.desk.seeing import (
    Sight,
    is_point_hidden,
    refuse_hidden_channel,
    refuse_hidden_point,
    sight_of,
)
from regulars.team.queries import signed_in_member, the_named_business

CLOSABLE = {PointKind.EMAIL: (Channel.EMAIL,), PointKind.PHONE: (Channel.TEXT, Channel.CALL)}


@require_safe
def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """All that is known of this customer's permission."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    return render(request, "desk/customers/consent.html", _shown(actor, customer))


def _shown(
    actor: Actor, customer: Customer, told: ToldForm | None = None, wished: WishesForm | None = None
) -> dict[str, object]:
    at, sight = clock.now(), sight_of(actor)
    record = _seen(record_of(customer), sight)
    may_change, may_lift = is_changeable(actor, customer), is_lifter(actor)
    ways = [one for one in customer.contact_points.all() if not is_point_hidden(one, sight.hidden)]
    points = {point.seal: point.value for point in ways if point.seal}
    return {
        "customer": customer,
        "sight": sight,
        "story": first_sentence(customer, record.states),
        "standings": [
            one for one in standings(record.states, grounds_now()) if sight.channel(one.channel)
        ],
        "events": told_rows(record.events),
        "wishes": wish_pairs(record.wish, with_purchases=sight.rhythm),
        "closed": [
            {
                "row": one,
                "value": points.get(one.seal, ""),
                "holds": holds(one, at),
                "may_lift": may_lift and may_change and is_liftable(one, at),
            }
            for one in record.suppressions
        ],
        "closable": _closable(ways, record.suppressions) if may_change else [],
        "may_change": may_change,
        "told_form": told or ToldForm(),
        "wishes_form": wished or _wishes_form(record.wish),
        "printed_at": at,
    }


def _seen(record: Record, sight: Sight) -> Record:
    """The same record without what is hidden from whoever looks."""
    if not sight.wishes and not any(sight.channel(one) for one in Channel):
        raise NotAllowed(
            _("What customers decided about being written to is hidden from your role."),
            _("An owner can show it."),
        )
    return Record(
        [one for one in record.states if sight.channel(one.channel)],
        [one for one in record.events if sight.channel(one.channel)],
        record.wish if sight.wishes else None,
        [one for one in record.suppressions if sight.channel(one.channel)],
    )


def _closable(ways: Iterable[ContactPoint], closed: object) -> list[tuple[int, str, str, str]]:
    """Ways to reach them that could be closed: id, channel, its name, the way itself."""
    assert isinstance(closed, list)
    standing = {
        (one.channel, one.seal) for one in closed if isinstance(one, Suppression)
        and one.lifted_at is None and one.why == Stopped.STAFF
    }  # fmt: skip
    points = sorted(
        (one for one in ways if one.kind in CLOSABLE), key=lambda one: (one.kind, one.pk)
    )
    return [
        (point.pk, channel.value, str(channel.label), point.value)
        for point in points
        for channel in CLOSABLE[PointKind(point.kind)]
        if (channel.value, point.seal) not in standing
    ]


def _wishes_form(wish: Wish | None) -> WishesForm:
    if wish is None:
        return WishesForm()
    own = wish.time_zone if wish.zone_source in ("staff", "customer") else ""
    zone = the_named_business()
    return WishesForm(
        initial={
            "channel": wish.channel, "topics": wish.topics, "every_days": wish.every_days,
            "paused_on": zone.day_of(wish.paused_until) if wish.paused_until else None,
            "time_zone": own, "language": wish.language,
        }
    )  # fmt: skip


def _done(request: HttpRequest, customer: Customer, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("customers:consent", customer.pk)


@changing
def told(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Write down a yes or a no, for all of a channel or for one purpose."""
    form = ToldForm(request.POST)
    if form.is_valid():
        given, at = form.cleaned_data, clock.now()
        decision = Decision(given["decision"])
        refuse_hidden_channel(actor, given["channel"])
        if decision == Decision.GRANTED and not given["wording"]:
            form.add_error("wording", _("A yes needs the words in which it was given."))
        else:
            record_decision(
                [customer.pk], given["channel"], decision, source="desk",
                wording=given["wording"], purpose=given["purpose"], proof=told_to(actor, at),
                happened_at=at, by=actor, at=at,
            )  # fmt: skip
            return _done(request, customer, _("Done: written down."))
    shown = _shown(actor, customer, told=form)
    return render(request, "desk/customers/consent.html", shown, status=422)


@changing
def wishes(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Keep how they want to hear from us."""
    form = WishesForm(request.POST)
    if not form.is_valid():
        shown = _shown(actor, customer, wished=form)
        return render(request, "desk/customers/consent.html", shown, status=422)
    given = form.cleaned_data
    set_wishes(
        customer, by=actor, at=clock.now(), channel=given["channel"], topics=given["topics"],
        every_days=given["every_days"],
        paused_until=form.paused_until(the_named_business().time_zone),
        time_zone=given["time_zone"], language=given["language"],
    )  # fmt: skip
    return _done(request, customer, _("Done: kept what they wish."))


@changing
def close(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Write to one of their addresses no more."""
    named, _colon, channel = request.POST.get("point", "").partition(":")
    if not is_whole(named):
        raise Incomplete(_("Choose the address that nobody should write to."))
    point = point_of(customer, int(named))
    refuse_hidden_point(actor, point)
    if channel not in CLOSABLE.get(PointKind(point.kind), ()):
        raise Incomplete(_("Choose the address that nobody should write to."))
    why = request.POST.get("why", "").strip()
    suppress(channel, point.seal, Stopped.STAFF, by=actor, at=clock.now(), detail=why)
    return _done(request, customer, _("Done: nobody writes there any more."))


@changing
def lift(
    request: HttpRequest, customer: Customer, actor: Actor, *, suppression_id: int
) -> HttpResponse:
    """Write to an address again, for a reason."""
    found = suppression_of(customer, suppression_id)
    lift_suppression(found, by=actor, at=clock.now(), reason=request.POST.get("reason", ""))
    return _done(request, customer, _("Done: this address may be written to again."))
