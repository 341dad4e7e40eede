"""How often one customer should hear from us, as their page shows it."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.planning.details import segment_of
from regulars.planning.forms import DaysForm, PauseForm
from regulars.planning.kept import Silence
from regulars.planning.labels import label_of
from regulars.planning.models import EVERY_MONTH, Cadence, Pause
from regulars.planning.rules import may_set_cadence_of_one
from regulars.planning.silences import is_known
from regulars.planning.terms import OwnTerms, standing_on, terms_by_customer
from regulars.planning.words import long_day_words
from regulars.team.queries import the_named_business


def panel_of(
    customer: Customer, tier: str, actor: Actor, *, days: DaysForm | None = None,
    pause: PauseForm | None = None, problem: str = "",
) -> dict[str, Any]:  # fmt: skip
    """What holds for them in words, what was set for them alone, and the forms to change it."""
    business = the_named_business()
    today = business.day_of(clock.now())
    standing = standing_on(today)
    terms = terms_by_customer({customer.pk: tier}, standing, ZoneInfo(business.time_zone))
    own = list(customer.cadences.filter(months=EVERY_MONTH).order_by("worth"))
    paused = Pause.objects.filter(customer=customer, until__gt=today).first()
    is_told = not is_hidden(actor, "insight.tier")
    return {
        "customer": customer,
        "sentences": _sentences(
            terms[customer.pk], tier if is_told else "", segment_of(customer, standing)
        ),
        "own": [(one, own_words(one)) for one in own],
        "silent": [(one.reason, label_of(one.reason)) for one in _silences(customer)],
        "paused": paused,
        "paused_until": long_day_words(paused.until) if paused else "",
        "may_set": may_set_cadence_of_one(actor) and customer.archived_at is None,
        "days": days or DaysForm(),
        "pause": pause or PauseForm(),
        "problem": problem,
    }


def _silences(customer: Customer) -> Iterable[Silence]:
    silences = Silence.objects.filter(customer=customer).order_by("reason")
    return [one for one in silences if is_known(one.reason)]


def _sentences(terms: OwnTerms, tier: str, segment: str) -> list[str]:
    said = [
        _of(terms.any_of, tier, segment)
        % {"how": ngettext("every day", "every %(days)s days", terms.cadence_days)
           % {"days": terms.cadence_days}}
    ]  # fmt: skip
    if terms.personal_days:
        said.append(
            ngettext(
                "A visit, a call or a note at least every day.",
                "A visit, a call or a note at least every %(days)s days.",
                terms.personal_days,
            )
            % {"days": terms.personal_days}
        )
    if terms.most_days:
        said.append(_("At most every %(days)s days.") % {"days": terms.most_days})
    return said


def _of(scope: str, tier: str, segment: str) -> str:
    if scope == "own":
        return _("At least %(how)s: set for this customer.")
    if scope == "segment" and segment:
        return _("At least %(how)s, as those of “{segment}”.").replace("{segment}", segment)
    if tier:
        label = str(Tier(tier).label)
        return _("At least %(how)s, as “{tier}” customers.").replace("{tier}", label)
    return _("At least %(how)s.")


def own_words(one: Cadence) -> str:
    least, most = one.at_least_every_days, one.at_most_every_days
    places = {"what": one.get_worth_display(), "least": least, "most": most}
    if least and most:
        return _("%(what)s at least every %(least)s, at most every %(most)s days") % places
    if least:
        return _("%(what)s at least every %(least)s days") % places
    return _("at most every %(most)s days") % places
