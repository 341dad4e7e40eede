"""The health of the list: what is wrong with how many, what that costs, and one way out of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock, jobs
from regulars.core.actor import MANAGER, OWNER, Actor
from regulars.core.errors import NotAllowed
from regulars.core.models import Job
from regulars.customers.models import CustomerQuerySet
from regulars.customers.queries.duplicates import duplicates_for
from regulars.customers.queries.people import customers_for, is_assigner
from regulars.desk.context import address_of
from regulars.desk.list_look import as_text
from regulars.lists.audience import FILTER, definition_of_filter
from regulars.lists.errors import FilterNotPossible
from regulars.lists.queries.filters import compile_filter
from regulars.lists.queries.pages import COUNTED_UP_TO, HowMany, capped_count
from regulars.messaging.audiences import sealed
from regulars.messaging.models import Template
from regulars.messaging.queries import is_writer
from regulars.team.queries import signed_in_member

BAD_STATES = ["doubtful", "bounced", "stale"]
# Details older than this are asked about again.
TWO_YEARS_IN_DAYS = 730
TEXT_THAT_ASKS = "starter:confirm-details"
COUNT_HEALTH, EVERYBODY = "desk.count_health", "everybody"

EMPTY_POINTS = [
    {"field": f"customer.{name}", "is": "empty"}
    for name in ("email", "phone", "street", "city", "postcode")
]
UNCONFIRMED = {"all": [
    {"field": "customer.added_at", "is": "until", "value": {"days_ago": TWO_YEARS_IN_DAYS}},
    {"not": {"field": "customer.confirmed_on", "is": "since",
             "value": {"days_ago": TWO_YEARS_IN_DAYS}}},
]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: how many, what it costs, and the button that leads out of it."""

    title: str
    cost: str
    count: HowMany
    url: str
    button: str


@dataclass(slots=True)
class Counts:
    """Numbers as they were counted at a moment: going through a long list takes its time."""

    at: datetime | None
    known: dict[str, HowMany]
    is_counting: bool = False

    @classmethod
    def kept_for(cls, actor: Actor) -> "Counts":
        """Those that were counted last for people of this role."""
        found = Job.objects.filter(name=COUNT_HEALTH).order_by("-id")
        done = found.filter(state=Job.State.DONE).first()
        if done is None:
            return cls(None, {})
        told = done.result["counts"].get(actor.role, {})
        known = {name: HowMany(count, is_more=more) for name, (count, more) in told.items()}
        return cls(datetime.fromisoformat(done.result["at"]), known)

    def of(self, name: str, rows: CustomerQuerySet) -> HowMany | None:
        if self.is_counting and name not in self.known:
            self.known[name] = capped_count(rows)
        return self.known.get(name)


def is_being_counted() -> bool:
    under_way = (Job.State.WAITING, Job.State.RUNNING)
    return Job.objects.filter(name=COUNT_HEALTH, state__in=under_way).exists()


def counted_by_role(at: datetime) -> Iterator[tuple[str, dict[str, tuple[int, bool]]]]:
    """What each role that mends the list would find, as far as it may see it."""
    for role in (OWNER, MANAGER):
        actor = Actor("system", "", role)
        counts = Counts(at, {}, is_counting=True)
        counts.of(EVERYBODY, customers_for(actor).on_the_list())
        _findings(actor, at, counts)
        yield role, {name: (one.count, one.is_more) for name, one in counts.known.items()}


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every finding with its number; what nobody has is not spoken of."""
    actor = signed_in_member(request).actor
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager mends the whole list."))
    counts = Counts.kept_for(actor)
    found = [one for one in _findings(actor, clock.now(), counts) if one and one.count.count]
    return render(request, "desk/customers/health.html", {
        "findings": found, "total": counts.known.get(EVERYBODY), "counted_at": counts.at,
        "is_counting": is_being_counted(),
    })  # fmt: skip


@require_POST
def count_again(request: HttpRequest) -> HttpResponse:
    """Have everything counted anew, in the background."""
    actor = signed_in_member(request).actor
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager mends the whole list."))
    if not is_being_counted():
        jobs.enqueue(COUNT_HEALTH, at=clock.now())
    return redirect("customers:health")


def _findings(actor: Actor, at: datetime, counts: Counts) -> list[Finding | None]:
    show = _("See them")
    return [
        _duplicates(actor),
        _of_filter(
            actor, counts, at, _("with an e-mail address that came back or may be wrong"),
            _("They hear nothing from you, and mail that comes back makes your other mail less "
              "trusted."),
            {"field": "customer.email_state", "is": "any_of", "value": BAD_STATES}, show,
            "customer.email,customer.email_state,customer.phone,customer.manager",
        ),
        _of_filter(
            actor, counts, at, _("with a telephone number that may be wrong"),
            _("Somebody calls, and reaches nobody or a stranger."),
            {"field": "customer.phone_state", "is": "any_of", "value": BAD_STATES}, show,
            "customer.phone,customer.phone_state,customer.email,customer.manager",
        ),
        _of_filter(
            actor, counts, at, _("whom you cannot reach at all"),
            _("No address, no number, no e-mail: ask the next time they stand before you."),
            {"all": EMPTY_POINTS}, show,
        ),
        _of_filter(
            actor, counts, at, _("without a first name"),
            _("Texts greet them with what stands in for a name."),
            {"all": [{"field": "customer.kind", "is": "is", "value": "person"},
                     {"field": "customer.first_name", "is": "empty"}]}, show,
            "customer.first_name,customer.family_name,customer.email,customer.manager",
        ),
        _of_filter(
            actor, counts, at, _("with an e-mail address, and no word on whether you may write"),
            _("You may send them what they need, and nothing else, until they say so."),
            {"all": [{"field": "customer.email", "is": "filled"},
                     {"field": "consent.email", "is": "empty"}]}, show,
            "customer.email,consent.email,customer.manager",
        ),
        _of_filter(
            actor, counts, at, _("whom nobody looks after"),
            _("Nobody notices when they stay away."),
            {"field": "customer.manager", "is": "empty"}, show,
            "customer.manager,customer.city,insight.tier",
        ),
        _unconfirmed(actor, counts, at),
    ]  # fmt: skip


def _duplicates(actor: Actor) -> Finding | None:
    count = duplicates_for(actor)[: COUNTED_UP_TO + 1].count()
    url = address_of("duplicates:review") or address_of("customers:duplicates")
    if not url:
        return None
    return Finding(
        ngettext("pair that may be one customer", "pairs that may be one customer", count),
        _("Two of you write to one person, and neither sees the whole story."),
        HowMany(min(count, COUNTED_UP_TO), is_more=count > COUNTED_UP_TO), url,
        _("Look at the pairs"),
    )  # fmt: skip


def _of_filter(
    actor: Actor,
    counts: Counts,
    at: datetime,
    title: str,
    cost: str,
    tree: dict[str, Any],
    button: str,
    columns: str = "",
) -> Finding | None:
    """What a filter finds; nothing where it asks for what is hidden from this person."""
    try:
        count = counts.of(as_text(tree), compile_filter(tree, actor, at))
    except FilterNotPossible:
        return None
    if count is None:
        return None
    look = {"f": as_text(tree)} | ({"cols": columns} if columns else {})
    url = f"{reverse('customers:list')}?{urlencode(look)}"
    return Finding(title, cost, count, url, button)


def _unconfirmed(actor: Actor, counts: Counts, at: datetime) -> Finding | None:
    """Those to ask whether what we have is still right: by a mailing, where one may write it."""
    found = _of_filter(
        actor, counts, at, _("whose details nobody has confirmed for two years"),
        _("People move and change their numbers; what you send to an old address reaches nobody."),
        UNCONFIRMED, _("See them"),
    )  # fmt: skip
    if found is None or not is_writer(actor):
        return found
    who = sealed(FILTER, definition_of_filter(UNCONFIRMED, actor, at))
    text = Template.objects.filter(source=TEXT_THAT_ASKS, archived_at=None).first()
    said = {"who": who} | ({"text": text.pk} if text is not None else {})
    url = f"{reverse('messaging:new_mailing')}?{urlencode(said)}"
    return Finding(found.title, found.cost, found.count, url, _("Ask them to confirm"))
