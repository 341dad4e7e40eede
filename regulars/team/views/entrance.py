"""Coming in: the first account, an invitation, a link that signs in once.

RELIABILITY A4: a GET only shows, so that no preview and no scanner spends a link; a POST acts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, to_locale
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.team import actions
from regulars.team.choices import LinkKind, Role, country_of_zone, currency_of, zone_here
from regulars.team.errors import AlreadyOnTheTeam, LinkNotOpen
from regulars.team.forms import FirstAccountForm, JoinForm
from regulars.team.models import Member, OneTimeLink
from regulars.team.queries import open_link, the_business

View = Callable[[HttpRequest, str, OneTimeLink], HttpResponse]


def by_link(kind: LinkKind) -> Callable[[View], Callable[[HttpRequest, str], HttpResponse]]:
    """A page that a one-time link opens; without an open one, the page that says so."""

    def around(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
        @never_cache
        @sensitive_post_parameters("password")
        @require_http_methods(["GET", "POST"])
        @wraps(view)
        def page(request: HttpRequest, token: str) -> HttpResponse:
            link = open_link(kind, token, clock.now())
            if link is None:
                return _closed(request)
            try:
                return view(request, token, link)
            except LinkNotOpen:
                return _closed(request)

        return page

    return around


@by_link(LinkKind.FIRST)
def first_account(request: HttpRequest, token: str, _link: OneTimeLink) -> HttpResponse:
    form = FirstAccountForm(request.POST or None, initial=_guessed(request))
    if not form.is_valid():
        return _form(request, "team/first_account.html", form)
    owner = actions.make_first_account(token, form.owner(), form.described(), at=clock.now())
    return _let_in(request, owner)


@by_link(LinkKind.SIGN_IN)
def one_time_sign_in(request: HttpRequest, token: str, _link: OneTimeLink) -> HttpResponse:
    if request.method == "GET":
        return render(request, "team/one_time_sign_in.html")
    return _let_in(request, actions.redeem_sign_in_link(token, at=clock.now()))


@by_link(LinkKind.JOIN)
def accept_invitation(request: HttpRequest, token: str, link: OneTimeLink) -> HttpResponse:
    form = JoinForm(request.POST or None)
    more = {"email": link.email, "role": Role(link.role).label}
    if not form.is_valid():
        return _form(request, "team/accept_invitation.html", form, **more)
    said = form.cleaned_data
    try:
        member = actions.accept_invitation(
            token, name=said["name"], password=said["password"], at=clock.now()
        )
    except AlreadyOnTheTeam as no:
        form.add_error(None, str(no))
        return _form(request, "team/accept_invitation.html", form, **more)
    return _let_in(request, member)


def _let_in(request: HttpRequest, member: Member) -> HttpResponse:
    # Through allauth's own stages: whoever has set up a second step is asked for it here too.
    answer: HttpResponse = perform_login(request, Login(user=member))
    return answer


def _form(request: HttpRequest, page: str, form: Any, **more: object) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, page, {"form": form, **more}, status=status)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "team/link_closed.html", status=410)


def _guessed(request: HttpRequest) -> dict[str, str]:
    """Country, currency and zone as this computer and this browser suggest them."""
    known = the_business()
    if known is not None:
        names = ("name", "country", "currency", "time_zone")
        return {name: getattr(known, name) for name in names}
    zone = zone_here()
    spoken = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0]
    region = spoken.partition("-")[2].upper() or to_locale(get_language() or "").partition("_")[2]
    country = country_of_zone(zone) or (region if len(region) == 2 else "")
    return {"country": country, "currency": currency_of(country), "time_zone": zone}
