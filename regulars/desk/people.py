"""Handing all customers of one member over to another: a screen over the team and the customers."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.actor import MANAGER, OWNER
from regulars.core.errors import NotAllowed
from regulars.customers.actions.assigning import assign_customers
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.team.models import Member
from regulars.team.queries import members_who_look_after, signed_in_member

NAMES_SHOWN = 12


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        Member.objects.none(),
        label=gettext_lazy("Who looks after them from now on"),
        empty_label=gettext_lazy("Choose somebody"),
    )

    def __init__(self, *args: object, leaving: Member, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        others = [one.pk for one in members_who_look_after() if one != leaving]
        chosen: forms.ModelChoiceField[Member] = self.fields["to"]  # type: ignore[assignment]
        chosen.queryset = Member.objects.filter(pk__in=others)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, member_id: int) -> HttpResponse:
    """Show whom a member looks after, and give them all to somebody else."""
    actor = signed_in_member(request).actor
    if actor.role not in (OWNER, MANAGER):
        raise NotAllowed(_("Only an owner or a manager can hand customers over."))
    leaving = get_object_or_404(Member, pk=member_id)
    theirs = Customer.objects.on_the_list().looked_after_by(leaving.pk)
    form = HandOverForm(request.POST or None, leaving=leaving)
    if not form.is_valid():
        return _page(request, leaving, theirs, form)
    to = form.cleaned_data["to"]
    count = assign_customers(theirs, to, by=actor, at=clock.now()).count
    said = ngettext(
        "Done: %(name)s looks after %(count)s more customer.",
        "Done: %(name)s looks after %(count)s more customers.",
        count,
    )
    messages.success(request, said % {"name": to.name, "count": count})
    return redirect("team:people")


def _page(
    request: HttpRequest, leaving: Member, theirs: CustomerQuerySet, form: HandOverForm
) -> HttpResponse:
    shown = {
        "leaving": leaving,
        "count": theirs.count(),
        "names": theirs.order_by("sort_name", "id")[:NAMES_SHOWN],
        "form": form,
    }
    return render(request, "desk/hand_over.html", shown, status=422 if form.is_bound else 200)
