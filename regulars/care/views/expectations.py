"""What customers expect: the whole list on one page, and the panel on a customer's."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.care.actions.expectations import note_expectation, take_back_expectation
from regulars.care.choices import Matter
from regulars.care.panel import panel_of
from regulars.care.queries.expectations import (
    ASKED_EVERY,
    MOST_MOVED,
    base_for,
    by_product_for,
    changes_for,
    expectation_for,
    is_noter,
    is_seer,
    named_matter,
    newest_words,
)
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customer_for
from regulars.insight.choices import Tier
from regulars.messaging.queries import is_writer
from regulars.team.queries import signed_in_member

YEAR = ASKED_EVERY.days


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the whole list expects; each number opens just those customers."""
    actor = _seeing(request)
    tiers = [] if is_hidden(actor, "insight.tier") else list(Tier)
    tier = request.GET.get("tier", "")
    tier = tier if tier in {one.value for one in tiers} else ""
    base = base_for(actor, tier)
    changed = changes_for(actor, clock.now(), tier)
    shown = {
        "changed": changed, "old_url": _those(
            {"field": "care.expects_since", "is": "until", "value": {"days_ago": YEAR + 1}}, tier
        ),
        "moved": [
            (one.before.label, one.now.label, one.count, _those({"all": [
                {"field": "care.expects", "is": "any_of", "value": [one.now.value]},
                {"field": "care.expected_before", "is": "any_of", "value": [one.before.value]},
            ]}, tier))
            for one in changed.moved[:MOST_MOVED]
        ],
        "base": base, "words": newest_words(actor, tier), "tabs": _tabs(tiers, tier),
        "parts": [
            (part.matter.label, part.count, part.count / base.most,
             _those({"field": "care.expects", "is": "any_of", "value": [part.matter.value]}, tier))
            for part in base.parts
        ],
        "of_products": [
            (one.product, one.matter.label, one.count, _those(
                {"field": "care.expects_product", "is": "is", "value": one.product}, tier
            ))
            for one in by_product_for(actor, tier)
        ],
        "silent_url": _those({"field": "care.expects", "is": "empty"}, tier),
        "may_write": is_writer(actor),
    }  # fmt: skip
    return render(request, "care/expectations.html", shown)


def _tabs(tiers: Sequence[Tier], chosen: str) -> list[tuple[str, str, bool]]:
    """Everybody, then each tier; nothing where tiers are hidden from whoever looks."""
    if not tiers:
        return []
    here = reverse("care:expectations")
    of_each = [(f"{here}?tier={one.value}", str(one.label), one.value == chosen) for one in tiers]
    return [(here, _("Everybody"), not chosen), *of_each]


def _those(clause: dict[str, object], tier: str) -> str:
    """The list of just these customers, from which they are kept as a segment or written to."""
    clauses = [clause]
    if tier:
        clauses.append({"field": "insight.tier", "is": "is", "value": tier})
    tree = clause if len(clauses) == 1 else {"all": clauses}
    return f"{reverse('customers:list')}?{urlencode({'f': json.dumps(tree)})}"


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What one customer expects again, after something changed."""
    actor = _seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "care/_panel.html", panel_of(customer, actor))


@require_POST
def note(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down what a customer told one of us."""
    actor = _noting(request)
    customer = customer_for(actor, customer_id)
    what = request.POST.get("what", "")
    try:
        if what not in Matter.values:
            raise Refusal(_("Choose what matters to them."))
        noted = note_expectation(
            customer, what=Matter(what), words=request.POST.get("words", ""),
            product=request.POST.get("product", ""), by=actor, at=clock.now(),
        )  # fmt: skip
    except Refusal as no:
        shown = panel_of(customer, actor, f"{no.sentence} {no.remedy}".strip())
        return render(request, "care/_panel.html", shown, status=422)
    said = _("Written down: %(what)s.") % {"what": named_matter(noted)}
    undo = reverse("care:take_back_expectation", args=[noted.pk])
    return _answer(request, customer.pk, said, undo)


@require_POST
def take_back(request: HttpRequest, expectation_id: int) -> HttpResponse:
    """Undo what was written down last."""
    actor = _noting(request)
    noted = expectation_for(actor, expectation_id)
    customer_id = noted.customer_id
    take_back_expectation(noted, by=actor, at=clock.now())
    return _answer(request, customer_id, _("Taken back."))


def _answer(request: HttpRequest, customer_id: int, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("customers:detail", args=[customer_id])
    return answer_change(request, said, changed="expectation-changed", back_to=back_to, undo=undo)


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _noting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_noter(actor):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    return actor
