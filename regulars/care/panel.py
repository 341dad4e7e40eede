"""What one customer expects and how it went with them, as their page shows it."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.care.choices import Matter, Measure
from regulars.care.queries.answers import (
    BY_US,
    answers_of,
    newest_open_check_in,
    notes_answers,
)
from regulars.care.queries.check_ins import check_ins_of, is_asker, is_seer_of_check_ins
from regulars.care.queries.expectations import expectations_of, is_noter
from regulars.care.queries.questions import Asking, asking_of
from regulars.care.way_words import told
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.team.queries import the_business

SHOWN, SHOWN_CHECK_INS = 4, 3


def panel_of(customer: Customer, actor: Actor, problem: str = "") -> dict[str, Any]:
    """The newest answer, the ones before, and the buttons by which it is written down."""
    return {
        "customer": customer,
        "said": list(expectations_of(customer)[:SHOWN]),
        "may_note": is_noter(actor) and customer.archived_at is None,
        "matters": [(one.value, one.label) for one in Matter if one != Matter.OTHER],
        "problem": problem,
    }


def answers_panel_of(customer: Customer, actor: Actor, problem: str = "") -> dict[str, Any]:
    """The newest answers, and the marks by which one of us writes down what they told us."""
    return {
        "customer": customer,
        "answers": list(answers_of(customer)[:SHOWN]),
        "may_hear": notes_answers(actor) and customer.archived_at is None,
        "problem": problem,
        **hearing(customer),
    }


def hearing(customer: Customer) -> dict[str, Any]:
    """What the form of an answer that somebody hears needs: the marks and questions of what came.

    Whoever hears it asks in the language of our own screens.
    """
    asking = asking_of(newest_open_check_in(customer), get_language() or "")
    questions = asked_aloud(asking)
    return {
        "heard_by": [(one.value, one.label) for one in BY_US],
        "heard_marks": range(asking.marks.worst, asking.scale + 1),
        "heard_scale": asking.scale, "heard_how": _heard_how(asking),
        "heard_more": [(f"more_{nth}", one) for nth, one in enumerate(questions)],
    }  # fmt: skip


def _heard_how(asking: Asking) -> str:
    """What the mark is a mark of, where it is another question than how it was."""
    return {
        Measure.RECOMMEND: _("Would they recommend us, 0 to 10?"),
        Measure.EFFORT: _("Did we make it easy for them, 1 to 7?"),
    }.get(Measure(asking.measure), "")


def asked_aloud(asking: Asking) -> list[str]:
    """What one of us asks besides, in the order in which the form has it."""
    back = _("You sent %(what)s back: how did that go?") % {"what": asking.returned}
    return [*asking.questions, *([back] if asking.returned else [])]


def check_ins_panel_of(customer: Customer, actor: Actor) -> dict[str, Any]:
    """The newest deliveries that are asked about, how each stands, and what may be done."""
    business = the_business()
    if business is None or not is_seer_of_check_ins(actor):
        return {"is_hidden": True}
    today = business.day_of(clock.now())
    return {
        "customer": customer, "may_ask": is_asker(actor) and customer.archived_at is None,
        "rows": [told(one, today) for one in check_ins_of(customer)[:SHOWN_CHECK_INS]],
    }  # fmt: skip
