"""Where providers call us: nothing is believed that is not proved (W1, S11, F62)."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from regulars.core.models import Job
from regulars.messaging.channels.hearing import (
    EventSource,
    Heard,
    event_sources,
    signature,
)
from regulars.messaging.models import ProviderEvent

pytestmark = pytest.mark.django_db

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes here").decode()
OTHER = "whsec_" + base64.b64encode(b"the secret of another tenant .....").decode()
BODY = b'{"type": "delivered"}'
Call = Callable[..., HttpResponse]


@pytest.fixture
def secrets() -> list[str]:
    return [SECRET]


@pytest.fixture
def read() -> list[bytes]:
    """What was handed to the parser; nothing may be, before it is proved."""
    return []


@pytest.fixture(autouse=True)
def _source(secrets: list[str], read: list[bytes]) -> Iterator[None]:
    def parse(body: bytes) -> Heard:
        read.append(body)
        raise ValueError

    event_sources.register("tested", EventSource(lambda: secrets, parse))
    yield
    del event_sources._things["tested"]


@pytest.fixture
def call(at: datetime) -> Call:
    def post(
        body: bytes = BODY, *, secret: str = SECRET, event_id: str = "e1",
        signed: timedelta = timedelta(), provider: str = "tested", **over: Any,
    ) -> HttpResponse:  # fmt: skip
        stamp = str(int((at + signed).timestamp()))
        headers = {
            "webhook-id": event_id, "webhook-timestamp": stamp,
            "webhook-signature": signature(secret, event_id, stamp, body),
        }  # fmt: skip
        headers = {k: v for k, v in {**headers, **over}.items() if v is not None}
        sent = over.pop("sent", body)
        headers.pop("sent", None)
        client = Client(enforce_csrf_checks=True)
        return client.post(  # type: ignore[return-value]
            f"/hooks/{provider}/", sent, content_type="application/json", headers=headers
        )

    return post


def test_what_is_proved_is_kept_raw_and_handled_later(call: Call, read: list[bytes]) -> None:
    answer = call()

    assert answer.status_code == 200
    assert not answer.cookies
    event = ProviderEvent.objects.get()
    assert (event.provider, event.event_id, event.raw.encode()) == ("tested", "e1", BODY)
    assert (event.handled_at, event.message, event.kind) == (None, None, "")
    assert read == []
    assert Job.objects.get().name == "messaging.hear"


@pytest.mark.parametrize(
    "forged",
    [
        {"webhook-signature": None}, {"webhook-signature": ""}, {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,AAAA"}, {"webhook-signature": "v2,é"}, {"webhook-id": None},
        {"webhook-id": ""}, {"webhook-id": "e2"}, {"webhook-id": "x" * 201},
        {"webhook-timestamp": None}, {"webhook-timestamp": ""}, {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "٣"}, {"webhook-timestamp": "9" * 30}, {"webhook-timestamp": "-1"},
        {"secret": OTHER}, {"secret": "whsec_" + base64.b64encode(b"x" * 32).decode()},
        {"signed": timedelta(minutes=-6)}, {"signed": timedelta(minutes=6)},
        {"sent": b'{"type": "complained"}'}, {"sent": BODY + b" "}, {"sent": b""},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_proved_is_not_read(
    call: Call, read: list[bytes], forged: dict[str, Any]
) -> None:
    """RELIABILITY S11: missing, blank, wrong, old, another tenant's."""
    answer = call(**forged)

    assert answer.status_code == 401
    assert answer.content == b""
    assert not ProviderEvent.objects.exists()
    assert not Job.objects.exists()
    assert read == []


@pytest.mark.parametrize("ours", [[], [""], ["whsec_"], ["whsec_AAAA"], ["not base64 at all"]])
def test_without_a_secret_of_ours_nobody_is_believed(
    call: Call, secrets: list[str], ours: list[str], at: datetime
) -> None:
    """novu#11829: a blank secret is one that anybody knows."""
    secrets[:] = ours
    content = b"e1.%d." % int(at.timestamp()) + BODY
    blank = "v1," + base64.b64encode(hmac.digest(b"", content, "sha256")).decode()

    assert call().status_code == 401
    assert call(**{"webhook-signature": blank}).status_code == 401
    assert not ProviderEvent.objects.exists()


def test_the_same_event_twice_is_one(call: Call) -> None:
    """RELIABILITY W1: a replayed call is answered alike, and changes nothing."""
    answers = [call(), call(), call(event_id="e2")]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert ProviderEvent.objects.count() == 2


def test_while_a_secret_changes_both_are_believed(call: Call, secrets: list[str]) -> None:
    secrets.append(OTHER)

    assert [call(event_id="e1").status_code, call(event_id="e2", secret=OTHER).status_code] == [
        200, 200,
    ]  # fmt: skip


def test_one_of_several_signatures_is_enough(call: Call, at: datetime) -> None:
    stamp = str(int(at.timestamp()))
    both = f"v1,AAAA {signature(SECRET, 'e1', stamp, BODY)}"

    assert call(**{"webhook-signature": both}).status_code == 200


def test_nobody_else_calls_here(call: Call, client: Client) -> None:
    assert call(provider="smtp").status_code == 404
    assert client.get("/hooks/tested/").status_code == 405
    assert not ProviderEvent.objects.exists()


def test_bytes_that_are_no_text_are_kept_too(call: Call) -> None:
    assert call(b'\xff\x00{"a": 1}').status_code == 200
    assert json.loads(ProviderEvent.objects.get().raw[2:]) == {"a": 1}
