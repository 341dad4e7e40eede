"""The panel that care puts at the side of a customer's page."""

from typing import Any

from django import template
from django.utils.formats import number_format

from regulars.care.panel import answers_panel_of, hearing, panel_of
from regulars.care.queries.answers import Mean, Rate, notes_answers, sees_answers
from regulars.care.queries.expectations import is_seer
from regulars.core.actor import Actor
from regulars.core.templatetags.look import bar
from regulars.customers.models import Customer

register = template.Library()


@register.inclusion_tag("care/_panel.html", takes_context=True)
def customer_expects(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What matters to this customer now, in their own choice and words."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("care/_answers.html", takes_context=True)
def customer_answers(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """How it went with this customer, and what one of us hears of it."""
    if not sees_answers(actor):
        return {"is_hidden": True}
    return {**answers_panel_of(customer, actor), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("care/_hearing.html", takes_context=True)
def hear_on_call(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """On the card of the day, where how it went is why we call: a tap on the mark."""
    if not notes_answers(actor):
        return {"is_hidden": True}
    return {
        **hearing(customer), "customer": customer, "source": "phone", "on_card": True,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.filter
def mark(value: float | None) -> str:
    """A mean of marks, or a bound of one, to the thousandth."""
    return "" if value is None else number_format(f"{value:.3f}", decimal_pos=3)


@register.inclusion_tag("care/_mean.html")
def mean_row(label: str, mean: Mean, rate: Rate | None = None) -> dict[str, Any]:
    """One line of the means: how many, the mean, between what it lies, and who answered at all."""
    return {"label": label, "mean": mean, "rate": rate}


@register.inclusion_tag("core/_bar.html")
def bar_of(count: int, whole: int) -> dict[str, object]:
    """One bar, as a part of the whole."""
    return bar(count / whole if whole else 0.0)
