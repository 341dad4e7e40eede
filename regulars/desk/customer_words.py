"""The sentences of the customers' list: what is shown, of how many, chosen by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.keyset import Page
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer
from regulars.desk.customer_list import NOBODY, HowMany, Wanted
from regulars.desk.seeing import Sight
from regulars.insight.choices import Tier
from regulars.team.models import Member


@dataclass(frozen=True, slots=True)
class Bracket:
    """One bracket of the filter sentence: what it says now, and what else it could say."""

    says: str
    options: Sequence[tuple[str, str, bool]]


def choices_of(wanted: Wanted, members: Sequence[Member], sight: Sight) -> dict[str, Bracket]:
    """The brackets of “Customers who are [in any tier], looked after by [anyone], [by name]”."""
    tiers = [("", _("in any tier")), *((tier.value, str(tier.label).lower()) for tier in Tier)]
    managers = [
        ("", _("anyone")),
        (NOBODY, _("nobody yet")),
        *((str(member.pk), member.name) for member in members),
    ]
    sorts = [
        ("name", _("by name")),
        ("value", _("most spent in 12 months first")),
        ("last", _("last purchase first")),
        ("due", _("longest overdue first")),
        ("tier", _("by tier")),
    ]
    return {
        "tier": _bracket(wanted, "tier", wanted.tier, tiers),
        "manager": _bracket(wanted, "manager", wanted.manager, managers),
        "sort": _bracket(
            wanted, "sort", wanted.sort, [one for one in sorts if sight.orders_by(one[0])]
        ),
    }


def _bracket(wanted: Wanted, name: str, chosen: str, options: Sequence[tuple[str, str]]) -> Bracket:
    says = dict(options).get(chosen, options[0][1])
    links = [(label, wanted.address(**{name: value}), value == chosen) for value, label in options]
    return Bracket(says, links)


def filter_sentence(
    brackets: Mapping[str, Bracket], *, with_managers: bool, with_tiers: bool
) -> SafeString:
    """The filter as a sentence; each bracket opens its choices."""
    drawn = {
        name: render_to_string("desk/customers/_bracket.html", {"bracket": bracket})
        for name, bracket in brackets.items()
    }
    if not with_tiers:
        said = (
            _("Customers looked after by {manager}, {sort}.")
            if with_managers
            else _("Your customers, {sort}.")
        )
        return format_html(said, **drawn)
    if with_managers:
        return format_html(
            _("Customers who are {tier}, looked after by {manager}, {sort}."), **drawn
        )
    return format_html(_("Customers who are {tier}, {sort}."), **drawn)


def tab_label(name: str) -> str:
    return {
        "all": _("All"),
        "core": _("Core"),
        "slipping": _("Slipping"),
        "lapsed": _("Lapsed"),
        "unassigned": _("Without a manager"),
    }[name]


def result_words(total: HowMany) -> str:
    """“412 customers”, “about 48,000 customers”."""
    places = {"count": number(total.count)}
    if total.is_about:
        return _("about %(count)s customers") % places
    return ngettext("%(count)s customer", "%(count)s customers", total.count) % places


def paging_words(page: "Page[Customer]", total: HowMany) -> str:
    """“1 to 25 of 412”."""
    places = {
        "first": number(page.first_number),
        "last": number(page.last_number),
        "count": number(max(total.count, page.last_number)),
    }
    if not page.rows:
        return ""
    if total.is_about:
        return _("%(first)s to %(last)s of about %(count)s") % places
    return _("%(first)s to %(last)s of %(count)s") % places
