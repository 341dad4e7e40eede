"""The list of customers as an audience: those who were ticked, or all that a filter leaves."""

from dataclasses import asdict
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.actor import SYSTEM
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.desk.customer_list import NOBODY, Wanted, wanted_customers
from regulars.insight.choices import Tier
from regulars.team.models import Member

NAME = "customers-list"
NAMED = 3
KEPT = ("text", "tier", "manager")


def definition_of(wanted: Wanted, ids: list[int] | None) -> dict[str, Any]:
    """Plain values that find the same customers again: their numbers, or the filter's words."""
    if ids is not None:
        return {"ids": sorted(ids)}
    return {name: value for name, value in asdict(wanted).items() if name in KEPT and value}


class CustomersList:
    """Who stands on the list now; only owners and managers write to many, and they see all."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        if "ids" in definition:
            return Customer.objects.on_the_list().filter(pk__in=definition["ids"])
        return wanted_customers(SYSTEM, _wanted(definition))

    def words(self, definition: dict[str, Any]) -> str:
        if "ids" in definition:
            return _ticked(definition["ids"])
        parts = _parts(_wanted(definition))
        if not parts:
            return _("everybody on the list")
        return _("everybody on the list %(who)s") % {"who": get_text_list(parts, _("and"))}


def _wanted(definition: dict[str, Any]) -> Wanted:
    return Wanted(**{name: str(definition.get(name, "")) for name in KEPT})


def _ticked(ids: list[int]) -> str:
    named = Customer.objects.filter(pk__in=ids).order_by("sort_name", "pk")
    names = ", ".join(named.values_list("name", flat=True)[:NAMED])
    rest = len(ids) - NAMED
    if rest <= 0:
        return _("chosen one by one: %(names)s") % {"names": names}
    said = ngettext(
        "chosen one by one: %(names)s and %(rest)s more",
        "chosen one by one: %(names)s and %(rest)s more",
        rest,
    )
    return said % {"names": names, "rest": number(rest)}


def _parts(wanted: Wanted) -> list[str]:
    said = []
    if wanted.tier:
        said.append(_("whose tier is “%(tier)s”") % {"tier": Tier(wanted.tier).label})
    if wanted.manager == NOBODY:
        said.append(_("whom nobody looks after"))
    elif wanted.manager:
        member = Member.objects.filter(pk=wanted.manager).first()
        who = member.name if member else _("somebody who has left")
        said.append(_("whom %(name)s looks after") % {"name": who})
    if wanted.text:
        said.append(_("who fit “%(text)s”") % {"text": wanted.text})
    return said
