"""Whoever changes how they sign in is signed out everywhere else (RELIABILITY A5)."""

from typing import Any

from allauth.mfa import signals
from django.contrib.auth import update_session_auth_hash
from django.dispatch import receiver
from django.http import HttpRequest

from regulars.core import clock
from regulars.core.secrets import sealed_columns
from regulars.team import adapter
from regulars.team.actions import end_sessions
from regulars.team.models import Member

SECOND_STEP_CHANGED = [
    signals.authenticator_added,
    signals.authenticator_removed,
    signals.authenticator_reset,
]


@receiver(SECOND_STEP_CHANGED, dispatch_uid="team.second_step_changed")
def end_other_sessions(request: HttpRequest, user: Member, **_: Any) -> None:
    end_sessions(user, by=user.actor, at=clock.now())
    update_session_auth_hash(request, user)


sealed_columns.register("team.second_step", adapter.reseal)
