"""How allauth signs our members in."""

import secrets
from base64 import b32encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from regulars.core import clock
from regulars.core.secrets import SecretLost, open_secret, seal_secret
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


# What allauth asks us to seal: of the telephone's codes, and of those for when it is lost.
_SEALED = {"secret", "seed"}


class SecondStep(DefaultMFAAdapter):  # type: ignore[misc]
    """What makes the codes of a telephone lies sealed in the database (RELIABILITY K1)."""

    def encrypt(self, text: str) -> str:
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        # Before they were sealed they were letters and digits, without a dot.
        if "." not in encrypted_text:
            return encrypted_text
        try:
            return open_secret(encrypted_text)
        except SecretLost:
            # Nobody's: with an empty one in its place everybody could work the codes out.
            return b32encode(secrets.token_bytes(20)).decode()


def reseal(anew: Callable[[str], str]) -> int:
    """Seal them with another key, and those that no key sealed yet; returns how many."""
    count = 0
    for one in Authenticator.objects.select_for_update().order_by("pk"):
        for name in _SEALED & one.data.keys():
            old = one.data[name]
            with suppress(SecretLost):
                one.data[name] = anew(old) if "." in old else seal_secret(old)
                count += 1
        one.save(update_fields=["data"])
    return count
