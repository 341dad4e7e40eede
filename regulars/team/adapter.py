"""How allauth signs our members in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from regulars.core import clock
from regulars.team.models import Member


class TeamAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: members come by the console's link or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Member | None:
        # allauth would tell someone with the right password that the account is closed, which
        # tells that there is one (RELIABILITY A6).
        found: Member | None = super().authenticate(request, **credentials)
        return found if found is not None and found.is_active else None

    def respond_user_inactive(self, request: HttpRequest, user: Member) -> HttpResponse:
        return redirect("account_login")

    def login(self, request: HttpRequest, user: Member) -> None:
        super().login(request, user)
        request.session["signed_in_at"] = clock.now().timestamp()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("mfa_index")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("account_login")
