"""The Trash, and the two ways out of the list that lead into it or past it."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.actions.leaving import (
    IN_THE_TRASH,
    delete_customers,
    erase_customer,
    restore_deleted,
)
from regulars.customers.queries.people import (
    customer_for,
    customers_for,
    customers_in_the_trash,
    deleted_customer_for,
    is_eraser,
)
from regulars.team.queries import signed_in_member

A_PAGE = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who was deleted, by whom, and until when they can be restored."""
    actor = signed_in_member(request).actor
    page = Paginator(customers_in_the_trash(actor), A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, one.deleted_at + IN_THE_TRASH) for one in page if one.deleted_at]
    shown = {"page": page, "rows": rows, "may_erase": is_eraser(actor)}
    return render(request, "desk/customers/trash.html", shown)


@require_POST
def delete(request: HttpRequest, customer_id: int) -> HttpResponse:
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    delete_customers(customers_for(actor).filter(pk=customer.pk), by=actor, at=clock.now())
    said = _("Done: %(name)s is in the Trash, and can be restored from there for 30 days.")
    undo = reverse("customers:undelete", args=[customer.pk])
    messages.success(request, said % {"name": customer.name}, extra_tags=undo)
    return redirect("customers:trash")


@require_POST
def restore(request: HttpRequest, customer_id: int) -> HttpResponse:
    actor = signed_in_member(request).actor
    customer = deleted_customer_for(actor, customer_id)
    restore_deleted(customer, by=actor, at=clock.now())
    messages.success(request, _("Done: %(name)s is restored.") % {"name": customer.name})
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("customers:detail", args=[customer.pk])
        return answer
    return redirect("customers:detail", customer.pk)


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def erase(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Forget a customer for good; whoever does it has just shown again who they are."""
    actor = signed_in_member(request).actor
    if not is_eraser(actor):
        raise NotAllowed(_("Only an owner erases customers."), _("Ask one of the owners to do it."))
    is_deleted = "trash" in request.POST
    find = deleted_customer_for if is_deleted else customer_for
    customer = find(actor, customer_id)
    if not request.POST.get("sure"):
        raise Refusal(_("Nothing was erased."), _("Tick that you know that it cannot be undone."))
    erase_customer(customer, by=actor, at=clock.now())
    messages.success(request, _("Done: erased for good."))
    return redirect("customers:trash" if is_deleted else "customers:list")
