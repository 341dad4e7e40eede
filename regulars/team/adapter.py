"""How allauth signs our members in."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from regulars.core import clock
from regulars.team.choices import SECOND_STEP_DUE
from regulars.team.models import Member
from regulars.team.queries import is_second_step_due


class TeamAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: members come by the console's link or an invitation."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This address and this password do not go together."),
        "too_many_login_attempts": _("Too many tries in a short time. Wait five minutes."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password until now."),
    }

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
        # Asked here and not at every click: whoever is in already goes on until they come again.
        request.session[SECOND_STEP_DUE] = is_second_step_due(user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("mfa_index")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("account_login")
