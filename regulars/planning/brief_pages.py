"""Briefs on paper: one customer a page, a whole day in one file."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.core.typesetting import typeset
from regulars.planning.briefs import Brief


def briefs_pdf(briefs: Sequence[Brief], *, title: str, foot: str) -> bytes:
    """One PDF, each customer on a page of their own."""
    language = (get_language() or "en").partition("-")[0]
    values = {
        "title": title, "foot": foot, "language": language, "briefs": [_page(b) for b in briefs],
    }  # fmt: skip
    return typeset("planning/paper/briefs.typ", values)


def _page(brief: Brief) -> dict[str, object]:
    who = [brief.tier, _since(brief), _looked_after(brief), *brief.reach]
    sections = [
        (_("Why now"), [brief.why]),
        (_("What to say"), [_line(one.text, one.hint) for one in brief.lines]),
        (_("What we promised"), brief.promises),
        (_("What matters most to them now"), [brief.expects]),
        (_("Rhythm"), [brief.rhythm]),
        (_("Last purchase"), [brief.last_purchase]),
        (_("Cares about"), [", ".join(brief.topics)]),
        (_("Last touches"), [_line(one.when, one.said) for one in brief.touches]),
        (_("About them"), [brief.about]),
    ]
    shown = [(heading, [line for line in lines if line]) for heading, lines in sections]
    return {
        "name": brief.customer.name,
        "who": [part for part in who if part],
        "sections": [{"heading": head, "lines": lines} for head, lines in shown if lines],
        "room": _("What they said"),
    }


def _since(brief: Brief) -> str:
    return _("Customer since %(day)s") % {"day": brief.since} if brief.since else ""


def _looked_after(brief: Brief) -> str:
    return _("Looked after by %(name)s") % {"name": brief.manager} if brief.manager else ""


def _line(text: str, more: str) -> str:
    return f"{text} {more}".strip()
