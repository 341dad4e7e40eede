"""Settings of the team: who is on it, as what, with how many minutes, by which link."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.team import actions
from regulars.team.errors import AlreadyOnTheTeam
from regulars.team.forms import InviteForm, MinutesForm, RoleForm
from regulars.team.models import Member, OneTimeLink
from regulars.team.queries import (
    Colleague,
    colleagues,
    open_invitations,
    signed_in_member,
    week_of,
)
from regulars.team.rules import may_change_team, may_set_minutes, may_set_own_minutes


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, inviting=form)
    try:
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        token = actions.invite(email, role, by=by, at=clock.now())
    except AlreadyOnTheTeam as no:
        form.add_error("email", str(no))
        return _page(request, inviting=form)
    # Shown here and nowhere again: only the token's hash is kept.
    return _page(request, invited=email, link=_address(request, "team:accept_invitation", token))


@require_POST
def withdraw_invitation(request: HttpRequest, link_id: int) -> HttpResponse:
    by = _owner(request)
    at = clock.now()
    link = get_object_or_404(OneTimeLink.objects.open_at(at), pk=link_id, kind="join")
    actions.withdraw_invitation(link, by=by, at=at)
    messages.success(request, _("Withdrawn: the link for %(email)s.") % {"email": link.email})
    return redirect("team:people")


@require_POST
def set_minutes(request: HttpRequest, member_id: int) -> HttpResponse:
    by = signed_in_member(request).actor
    if not may_set_own_minutes(by):
        raise NotAllowed(_("A viewer changes nothing, working minutes neither."))
    member = get_object_or_404(Member, pk=member_id)
    if not may_set_minutes(by, member):
        raise NotAllowed(
            _("Only an owner, or %(name)s, can set these minutes.") % {"name": member.name}
        )
    form = MinutesForm(request.POST, member=member, week=week_of(member))
    if not form.is_valid():
        return _page(request, setting=form, of=member)
    actions.set_working_minutes(member, form.minutes(), by=by, at=clock.now())
    messages.success(request, _("Kept: the minutes of %(name)s.") % {"name": member.name})
    return redirect("team:people")


@require_POST
def change_role(request: HttpRequest, member_id: int) -> HttpResponse:
    by = _owner(request)
    member = get_object_or_404(Member, pk=member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("There is no such role."), _("Choose one of the list."))
    actions.change_role(member, form.cleaned_data["role"], by=by, at=clock.now())
    messages.success(request, _("Kept: the role of %(name)s.") % {"name": member.name})
    return redirect("team:people")


@require_POST
def deactivate(request: HttpRequest, member_id: int) -> HttpResponse:
    by = _owner(request)
    member = get_object_or_404(Member, pk=member_id)
    actions.deactivate_member(member, by=by, at=clock.now())
    said = _("Done: %(name)s no longer signs in.") % {"name": member.name}
    messages.success(request, said)
    return redirect("team:people")


@require_POST
def let_back_in(request: HttpRequest, member_id: int) -> HttpResponse:
    by = _owner(request)
    member = get_object_or_404(Member, pk=member_id)
    actions.let_back_in(member, by=by, at=clock.now())
    messages.success(request, _("Done: %(name)s signs in again.") % {"name": member.name})
    return redirect("team:people")


@require_POST
def make_sign_in_link(request: HttpRequest, member_id: int) -> HttpResponse:
    by = _owner(request)
    member = get_object_or_404(Member, pk=member_id)
    token = actions.make_sign_in_link(member, by=by, at=clock.now())
    link = _address(request, "team:one_time_sign_in", token)
    return _page(request, of=member, link=link)


@require_POST
def drop_second_step(request: HttpRequest, member_id: int) -> HttpResponse:
    by = _owner(request)
    member = get_object_or_404(Member, pk=member_id)
    actions.drop_second_step(member, by=by, at=clock.now())
    said = _("Done: %(name)s signs in without a second step.") % {"name": member.name}
    messages.success(request, said)
    return redirect("team:people")


def _owner(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_change_team(actor):
        raise NotAllowed(
            _("Only an owner can change the team."), _("Ask one of the owners to do it.")
        )
    return actor


def _address(request: HttpRequest, name: str, token: str) -> str:
    path = reverse(name, args=[token])
    # RELIABILITY A6: where the public address is known, it builds every link.
    return (
        f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    )


def _page(
    request: HttpRequest,
    *,
    inviting: InviteForm | None = None,
    setting: MinutesForm | None = None,
    of: Member | None = None,
    invited: str = "",
    link: str = "",
) -> HttpResponse:
    actor = signed_in_member(request).actor
    said = {
        "rows": [_row(actor, one, setting if of == one.member else None) for one in colleagues()],
        "invitations": open_invitations(clock.now()),
        "inviting": inviting or InviteForm(),
        "invited": invited,
        "link": link,
        "link_of": of,
        "may_change": may_change_team(actor),
    }
    refused = inviting is not None or setting is not None
    return render(request, "team/people.html", said, status=422 if refused else 200)


def _row(actor: Actor, one: Colleague, setting: MinutesForm | None) -> dict[str, object]:
    return {
        "member": one.member,
        "customer_count": one.customer_count,
        "has_second_step": one.has_second_step,
        "week_minutes": sum(one.minutes),
        "minutes": setting or MinutesForm(member=one.member, week=one.minutes),
        "is_open": setting is not None,
        "may_set_minutes": may_set_minutes(actor, one.member),
        "role": RoleForm(initial={"role": one.member.role}, auto_id=f"role{one.member.pk}_%s"),
    }
