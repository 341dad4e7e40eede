"""What staff do about a customer's links: look at the page as they see it, and make links void."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.actions import void_links
from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customer_for, is_changeable
from regulars.portal.pages import page
from regulars.portal.preferences import shown_to
from regulars.team.queries import signed_in_member

SHOWN_TO_THEM = (
    "customer.email", "customer.phone", "consent.email", "consent.text", "consent.call",
    "consent.letter", "consent.channel", "consent.paused_until",
)  # fmt: skip


@require_safe
def as_they_see_it(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Their page, marked as looked at by us; nothing on it can be pressed."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    if is_hidden(actor, *SHOWN_TO_THEM):
        raise NotAllowed(
            _("Their page says things that are hidden from your role."),
            _("An owner can look at it, or show you what is hidden."),
        )
    return page(request, "preferences", shown_to(customer, clock.now()))


@require_POST
def void(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Let none of the links that this customer has open anything any more."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    if not is_changeable(actor, customer):
        raise NotAllowed(_("Only whoever looks after %(name)s, or an owner, may do this.") % {
            "name": customer.name,
        })  # fmt: skip
    void_links(customer, by=actor, at=clock.now())
    messages.success(request, _("Links that %(name)s was given open nothing any more.") % {
        "name": customer.name,
    })  # fmt: skip
    return redirect("customers:consent", customer_id=customer.pk)
