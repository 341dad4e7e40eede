"""A call from greeting to good-bye: it asks before it serves, and sells nothing by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.core.reasons import Line
from regulars.customers.choices import Kind
from regulars.library.queries.statements import Stated
from regulars.planning.briefs import Brief


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the call: what it is for, and what to say."""

    heading: str
    lines: Sequence[Line]


def script_of(
    brief: Brief, *, caller: str, business: str, why_us: Stated | None = None
) -> list[Part]:
    """The steps in the order in which one says them; a step without a line is left out."""
    name = brief.customer.short_name
    hello = _("Good day, this is %(caller)s of %(business)s. Have you got two minutes?")
    parts = [
        Part(_("Begin"), [Line(hello % {"caller": caller, "business": business})]),
        Part(_("Where we stand"), _owed(brief)),
        Part(_("Ask, then listen"), list(brief.lines) or [_ask()]),
        Part(_("Serve"), [
            Line(
                _("How can we help you?"),
                _("Write down what is needed, and say by when you will be back with an answer."),
            ),
        ]),
        Part(_("If they ask why they should come to us"), _why_us(brief, why_us)),
        Part(_("End"), [
            Line(_("Thank you for your time, %(name)s.") % {"name": name}),
            Line(
                _("Say once more what you will do, and by when."), _("A promise is one tap away."),
            ),
        ]),
    ]  # fmt: skip
    return [part for part in parts if part.lines]


def answering_machine(brief: Brief, *, caller: str, business: str) -> str:
    """What to leave where nobody answers: nothing to do for them, nothing to worry about."""
    return _(
        "Good day, %(name)s, this is %(caller)s of %(business)s. I only wanted to hear how you "
        "are, and whether we can help with anything. You need not call back."
    ) % {"name": brief.customer.short_name, "caller": caller, "business": business}


def _owed(brief: Brief) -> list[Line]:
    owed = [Line(_("We promised: %(what)s") % {"what": one}) for one in brief.promises]
    if brief.expects:
        told = _("They said what matters most to them: %(matter)s") % {"matter": brief.expects}
        owed.append(Line(told, _("Come back to it, or say honestly where it stands.")))
    return owed


def _why_us(brief: Brief, why_us: Stated | None) -> list[Line]:
    """One thing that is proved, to whoever pays us; never the first thing that is said."""
    if why_us is None or brief.customer.kind == Kind.DEPARTMENT:
        return []
    return [Line(why_us.statement.claim, why_us.how_we_know)]


def _ask() -> Line:
    return Line(_("Ask how things are, and how we can help. Then listen."))
