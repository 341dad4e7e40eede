"""The list looked at in a way of one's own: a view, a filter, columns, an order; as addresses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.customers.models import CustomerQuerySet
from regulars.desk.customer_list import NOBODY, Wanted
from regulars.lists.errors import FilterNotPossible
from regulars.lists.looks import DEFAULT_COLUMNS, Look, look_of
from regulars.lists.models import View
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import customers_of, opened
from regulars.lists.queries.views import view_for

NAMED = ("view", "f", "cols", "by")
LONGEST_FILTER = 20_000
LONGEST_SEARCH = 200


def is_look(given: Mapping[str, str]) -> bool:
    """Whether an address asks for more than the list as everybody has it."""
    return any(given.get(name) for name in NAMED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a view, and what is otherwise than the view keeps it."""

    look: Look
    view: View | None = None
    # What stands in the address, for the addresses made from it.
    told: tuple[tuple[str, str], ...] = ()
    text: str = ""
    at: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], actor: Actor) -> "Asked":
        number = given.get("view", "")
        view = view_for(actor, int(number)) if number.isdecimal() and len(number) < 18 else None
        look = look_of(view) if view else Look()
        if given.get("f"):
            look = replace(look, tree=_tree(given["f"]))
        if given.get("cols"):
            look = replace(look, columns=tuple(given["cols"].split(",")[:40]))
        if by := given.get("by", ""):
            look = replace(look, sort=by.lstrip("-"), is_descending=by.startswith("-"))
        told = tuple((name, given[name]) for name in NAMED if given.get(name))
        text = given.get("q", "").strip()[:LONGEST_SEARCH]
        return cls(look, view, told, text, given.get("at", ""))

    @property
    def tree(self) -> dict[str, Any]:
        """The filter with what is sought beside it."""
        kept = dict(self.look.tree)
        if not self.text:
            return kept
        return {"all": [{"text": self.text}, *([kept] if kept else [])]}

    @property
    def is_as_kept(self) -> bool:
        """Whether this is a view as it was saved."""
        return {name for name, _value in self.told} == {"view"} and not self.text

    def query(self, **changes: str) -> str:
        named = {**dict(self.told), "q": self.text, **changes}
        return urlencode({name: value for name, value in named.items() if value})

    def address(self, **changes: str) -> str:
        """The same list with something changed, from its first page on."""
        query = self.query(**changes)
        return reverse("customers:list") + (f"?{query}" if query else "")


def _tree(text: str) -> dict[str, Any]:
    try:
        tree = json.loads(text[:LONGEST_FILTER])
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise FilterNotPossible(
            _("This filter cannot be read."), _("Build it anew, condition by condition.")
        )
    return tree


def as_text(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False)


def asked_customers(asked: Asked, actor: Actor, at: datetime) -> CustomerQuerySet:
    """Those whom a way of looking at the list finds, in no order."""
    asking = asking_of(actor, at)
    return customers_of(opened(asked.tree, asking).node, asking)


def columns_of(asked: Asked) -> tuple[str, ...]:
    return tuple(asked.look.columns) or DEFAULT_COLUMNS


def tree_of_wanted(wanted: Wanted) -> dict[str, Any]:
    """The same customers as the sentence over the list finds, as a filter that can go further."""
    asked: list[dict[str, Any]] = []
    if wanted.text:
        asked.append({"text": wanted.text})
    if wanted.tier:
        asked.append({"field": "insight.tier", "is": "is", "value": wanted.tier})
    if wanted.manager == NOBODY:
        asked.append({"field": "customer.manager", "is": "empty"})
    elif wanted.manager:
        asked.append({"field": "customer.manager", "is": "is", "value": wanted.manager})
    return {"all": asked}
