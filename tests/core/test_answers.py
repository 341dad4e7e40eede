"""What was done is said once, in whichever way the page was asked, with the way back beside it."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import RequestFactory

from regulars.core.answers import answer_change


def asked(**headers: Any) -> HttpRequest:
    request = RequestFactory().post("/", headers=headers)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_with_scripts_it_is_a_toast_and_the_parts_of_the_page_hear_of_it() -> None:
    request = asked(HX_Request="true")
    answer = answer_change(request, "Kept.", changed="promise-changed", back_to="/p", undo="/u")
    told = json.loads(answer["HX-Trigger"])
    assert (answer.status_code, told["toast"]) == (204, {"text": "Kept.", "undo": "/u"})
    assert "promise-changed" in told
    assert not list(messages.get_messages(request))


def test_without_scripts_it_stands_on_the_page_it_goes_back_to() -> None:
    request = asked()
    answer = answer_change(request, "Kept.", changed="promise-changed", back_to="/p", undo="/u")
    [said] = messages.get_messages(request)
    assert (answer["Location"], said.message, said.extra_tags) == ("/p", "Kept.", "/u")
