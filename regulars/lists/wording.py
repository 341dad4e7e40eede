"""A filter in words: one sentence that says exactly what the tree asks."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.core.list_fields import EventPart, FieldKind, ListEvent, ListField
from regulars.core.money import Money
from regulars.core.templatetags.look import money, number
from regulars.lists.choices import Op
from regulars.lists.models import Segment
from regulars.lists.trees import (
    All,
    AnyOf,
    Clause,
    Happened,
    InSegment,
    Node,
    Not,
    Sought,
    Window,
)
from regulars.lists.values import ME


class Wording:
    """Says trees with the labels of these fields; amounts in the business's currency."""

    def __init__(
        self, fields: Mapping[str, ListField], events: Mapping[str, ListEvent], currency: str
    ) -> None:
        self._fields, self._events, self._currency = fields, events, currency

    def of(self, node: Node) -> str:
        """The whole sentence; of a tree that asks for nothing, that it finds everybody."""
        return self._say(node, inside=False) or _("everybody")

    def _say(self, node: Node, *, inside: bool) -> str:
        if isinstance(node, All | AnyOf):
            return self._several(node, inside=inside)
        if isinstance(node, Not):
            said = self._say(node.node, inside=False)
            return _("not (%(condition)s)") % {"condition": said or _("everybody")}
        if isinstance(node, Clause):
            return self.clause(node, self._fields.get(node.field))
        if isinstance(node, Happened):
            return self._event(node)
        if isinstance(node, Sought):
            return _("fits “%(text)s”") % {"text": node.text}
        return _in_segment(node)

    def _several(self, node: All | AnyOf, *, inside: bool) -> str:
        parts = [said for one in node.nodes if (said := self._say(one, inside=True))]
        if len(parts) < 2:
            return "".join(parts)
        joint = _(" and ") if isinstance(node, All) else _(" or ")
        said = joint.join(parts)
        return f"({said})" if inside else said

    def clause(self, node: Clause, field: ListField | EventPart | None) -> str:
        """One condition: “Tier is Core”."""
        if field is None:
            return _("“%(name)s”, which is not known here") % {"name": node.field[:60]}
        pattern = _patterns(field.kind)[node.op]
        given = node.value if isinstance(node.value, tuple) else (node.value,)
        values = [self._value(one, field) for one in given]
        places = {
            "field": field.label,
            "value": values[0] if values else "",
            "other": values[-1] if values else "",
            "values": _listed(values, _("or") if node.op != Op.ALL_OF else _("and")),
        }
        return pattern % places

    def _value(self, value: Any, field: ListField | EventPart) -> str:
        if field.kind in (FieldKind.TEXT, FieldKind.LINK):
            return _("“%(text)s”") % {"text": value}
        if field.kind == FieldKind.DAY:
            return day_in_words(value)
        if field.kind == FieldKind.MONEY:
            return self._amount(value)
        if field.kind == FieldKind.NUMBER:
            return number(Decimal(str(value))) if _is_number(value) else str(value)  # type: ignore[arg-type]
        if value == ME:
            return _("me")
        return label_of(value, field)

    def _amount(self, minor: Any) -> str:
        return money(Money(minor, self._currency)) if isinstance(minor, int) else str(minor)

    def _event(self, node: Happened) -> str:
        event = self._events.get(node.event)
        if event is None:
            return _("“%(name)s”, which is not known here") % {"name": node.event[:60]}
        said = [_times(node, event)]
        if node.where:
            said.append(self._where(node, event))
        if node.window:
            said.append(window_in_words(node.window))
        if node.total_of:
            said.append(self._total(node, event))
        return " ".join(part for part in said if part)

    def _where(self, node: Happened, event: ListEvent) -> str:
        parts = [self.clause(one, event.part(one.field)) for one in node.where]
        return _("(%(conditions)s)") % {"conditions": _(" and ").join(parts)}

    def _total(self, node: Happened, event: ListEvent) -> str:
        part = event.part(node.total_of)
        places = {"total": part.label if part else node.total_of}
        is_money = part is not None and part.kind == FieldKind.MONEY

        def shown(value: int) -> str:
            return self._amount(value) if is_money else str(number(value))

        if node.total_at_least is None:
            most = shown(node.total_at_most or 0)
            return _("with at most %(most)s in all (%(total)s)") % {**places, "most": most}
        least = shown(node.total_at_least)
        if node.total_at_most is None:
            return _("with at least %(least)s in all (%(total)s)") % {**places, "least": least}
        return _("with %(least)s to %(most)s in all (%(total)s)") % {
            **places, "least": least, "most": shown(node.total_at_most),
        }  # fmt: skip


def _patterns(kind: FieldKind) -> dict[Op, str]:
    is_one = _("%(field)s is %(value)s")
    return {
        Op.IS: is_one,
        Op.IS_NOT: _("%(field)s is not %(value)s"),
        Op.CONTAINS: _("%(field)s contains %(value)s"),
        Op.BEGINS: _("%(field)s begins with %(value)s"),
        Op.AT_LEAST: _("%(field)s is at least %(value)s"),
        Op.AT_MOST: _("%(field)s is at most %(value)s"),
        Op.BETWEEN: _("%(field)s is between %(value)s and %(other)s"),
        Op.SINCE: _("%(field)s is %(value)s or later"),
        Op.UNTIL: _("%(field)s is %(value)s or earlier"),
        Op.ANY_OF: _("%(field)s is %(values)s"),
        Op.ALL_OF: _("%(field)s has %(values)s"),
        Op.NONE_OF: _("%(field)s is not %(values)s"),
        Op.YES: _("%(field)s: yes"),
        Op.NO: _("%(field)s: no"),
        Op.EMPTY: _("%(field)s is empty"),
        Op.FILLED: _("%(field)s is filled in"),
    }


def _listed(values: list[str], joint: str) -> str:
    if len(values) < 2:
        return "".join(values)
    return f"{', '.join(values[:-1])} {joint} {values[-1]}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def label_of(value: Any, field: ListField | EventPart) -> str:
    """A choice as people call it."""
    for key, label in field.choices() if field.choices else ():
        if str(key) == str(value):
            return str(label)
    return str(value)


def day_in_words(value: Any) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        ((word, given),) = value.items()
        if word == "start_of":
            return {
                "week": _("the start of this week"),
                "month": _("the start of this month"),
                "quarter": _("the start of this quarter"),
                "year": _("the start of this year"),
            }.get(given, str(given))
        if isinstance(given, int):
            return _rolling(word, given)
    try:
        shown = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return format_date(shown, "d MMM y", locale=to_locale(get_language() or "en"))


def _rolling(word: str, days: int) -> str:
    if days == 0:
        return _("today")
    said = (
        ngettext("%(days)s day ago", "%(days)s days ago", days)
        if word == "days_ago"
        else ngettext("%(days)s day from now", "%(days)s days from now", days)
    )
    return said % {"days": number(days)}


def _times(node: Happened, event: ListEvent) -> str:
    if node.at_most == 0:
        return _("no %(event)s") % {"event": event.many}
    least, most = node.at_least, node.at_most
    if least is None and most is None:
        return str(event.many)
    if most is None:
        noun = event.one if least == 1 else event.many
        return _("at least %(times)s %(event)s") % {"times": number(least), "event": noun}
    if not least:
        noun = event.one if most == 1 else event.many
        return _("at most %(times)s %(event)s") % {"times": number(most), "event": noun}
    return _("%(least)s to %(most)s %(event)s") % {
        "least": number(least), "most": number(most), "event": event.many,
    }  # fmt: skip


def window_in_words(window: Window) -> str:
    if window.days is not None:
        said = ngettext("today", "in the last %(days)s days", window.days)
        return said % {"days": number(window.days)}
    places = {"since": day_in_words(window.since), "until": day_in_words(window.until)}
    if window.since is not None and window.until is not None:
        return _("from %(since)s to %(until)s") % places
    if window.since is not None:
        return _("since %(since)s") % places
    return _("up to %(until)s") % places if window.until is not None else ""


def _in_segment(node: InSegment) -> str:
    segment = Segment.objects.filter(pk=node.segment).first()
    name = segment.name if segment else _("a segment that is no longer there")
    return _("is in “%(segment)s”") % {"segment": name}
