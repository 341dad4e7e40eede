"""What is said when something is not there, not allowed, or fails."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client

from regulars.team.models import Member

ClientOf = Callable[[Member], Client]


@pytest.mark.django_db
def test_an_address_that_is_nothing(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).get("/nowhere")

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


@pytest.mark.django_db
def test_what_is_not_allowed(
    client_of: ClientOf, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: HttpRequest) -> None:
        raise PermissionDenied

    monkeypatch.setattr("regulars.team.views.business._shown", refuse)

    answer = client_of(owner).get("/team/")

    assert answer.status_code == 403
    assert "This is not yours to open" in answer.content.decode()


@pytest.mark.django_db
def test_a_failure_says_nothing_of_itself_and_needs_no_database(
    client_of: ClientOf,
    owner: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = client_of(owner)
    here.raise_request_exception = False

    def break_down(*_: object) -> None:
        raise OperationalError("disk image is malformed: secret path")

    monkeypatch.setattr("regulars.team.views.business._shown", break_down)
    monkeypatch.setattr("regulars.desk.context.the_business", break_down)
    monkeypatch.setattr("regulars.desk.context._open_today", break_down)

    answer = here.get("/team/")

    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something failed on our side" in page
    assert "secret path" not in page
