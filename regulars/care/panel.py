"""What one customer expects and how it went with them, as their page shows it."""

from typing import Any

from regulars.care.choices import Matter
from regulars.care.queries.answers import BY_US, answer_rules, answers_of, notes_answers
from regulars.care.queries.expectations import expectations_of, is_noter
from regulars.core.actor import Actor
from regulars.customers.models import Customer

SHOWN = 4


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
        **hearing(),
    }


def hearing() -> dict[str, Any]:
    """What the form of an answer that somebody hears needs."""
    rules = answer_rules()
    worst = 1 if rules.scale == 5 else 0
    return {
        "heard_by": [(one.value, one.label) for one in BY_US],
        "heard_marks": range(worst, rules.scale + 1), "heard_scale": rules.scale,
    }  # fmt: skip
