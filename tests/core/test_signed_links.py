"""Links for customers: nobody but us makes one, and each opens one thing for one person."""

import hmac
import string
import timeit
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from regulars.core.keys import kept_key
from regulars.core.signed_links import BODY, LIVES, MAC_BYTES, NUMBERS, Link, make_link, read_link

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MESSAGE = UUID("0190d6a8-4c1e-7a00-8000-1234567890ab")
SIGNS = string.ascii_letters + string.digits + "-_+/=. \n" + "ÿ"
# The folder of keys is made once for a test, which is what these properties ask.
WITH_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("kind", sorted(NUMBERS))
def test_a_link_says_what_was_put_in(kind: str) -> None:
    token = make_link(kind, 7, MESSAGE, AT)

    assert read_link(kind, token, AT) == Link(kind, 7, str(MESSAGE), AT, AT + LIVES[kind])
    assert len(token) == 60
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")


def test_a_message_may_be_named_by_its_text_or_not_at_all() -> None:
    named = read_link("unsubscribe", make_link("unsubscribe", 7, str(MESSAGE), AT), AT)
    without = read_link("unsubscribe", make_link("unsubscribe", 7, "", AT), AT)

    assert (named and named.message_id, without and without.message_id) == (str(MESSAGE), "")


@pytest.mark.parametrize(
    ("kind", "days"), [("unsubscribe", 400), ("preferences", 7), ("confirm", 3)]
)
def test_a_link_lives_for_its_days_and_no_longer(kind: str, days: int) -> None:
    token = make_link(kind, 7, MESSAGE, AT)

    assert read_link(kind, token, AT + timedelta(days=days, seconds=-1)) is not None
    assert read_link(kind, token, AT + timedelta(days=days)) is None


@pytest.mark.parametrize("other", sorted(NUMBERS))
def test_a_link_opens_what_it_was_made_for_alone(other: str) -> None:
    for kind in NUMBERS:
        opened = read_link(other, make_link(kind, 7, MESSAGE, AT), AT)
        assert (opened is not None) == (kind == other)


def test_a_link_of_another_instance_opens_nothing(settings: object, tmp_path: Path) -> None:
    token = make_link("unsubscribe", 7, MESSAGE, AT)

    settings.HOME = tmp_path / "another"  # type: ignore[attr-defined]

    assert read_link("unsubscribe", token, AT) is None


def test_the_seal_is_128_bits_of_the_standards_hmac() -> None:
    raw = urlsafe_b64decode(make_link("preferences", 7, MESSAGE, AT))

    body, mac = raw[: BODY.size], raw[BODY.size :]

    assert len(mac) * 8 == MAC_BYTES * 8 == 128
    assert mac == hmac.digest(kept_key("links"), body, "sha256")[:16]


@WITH_FOLDER
@given(place=st.integers(0, 59), sign=st.sampled_from(SIGNS))
def test_any_sign_changed_opens_nothing(place: int, sign: str) -> None:
    token = make_link("unsubscribe", 7, MESSAGE, AT)
    assume(token[place] != sign)

    altered = token[:place] + sign + token[place + 1 :]

    assert read_link("unsubscribe", altered, AT) is None


def test_a_link_has_one_spelling() -> None:
    """What decodes to the same bytes is not the same link: "+" and "/" are not ours."""
    tokens = [make_link("unsubscribe", number, MESSAGE, AT) for number in range(50)]

    spelt = [token.replace("-", "+").replace("_", "/") for token in tokens]

    assert spelt != tokens
    assert [
        read_link("unsubscribe", other, AT)
        for other, token in zip(spelt, tokens, strict=True)
        if other != token
    ] == [None] * sum(other != token for other, token in zip(spelt, tokens, strict=True))


@WITH_FOLDER
@given(place=st.integers(0, 44), bit=st.integers(0, 7))
def test_any_bit_flipped_opens_nothing(place: int, bit: int) -> None:
    raw = bytearray(urlsafe_b64decode(make_link("unsubscribe", 7, MESSAGE, AT)))
    raw[place] ^= 1 << bit

    assert read_link("unsubscribe", urlsafe_b64encode(bytes(raw)).decode(), AT) is None


@WITH_FOLDER
@given(st.text(max_size=200))
def test_whatever_stands_there_opens_nothing(text: str) -> None:
    assert read_link("unsubscribe", text, AT) is None
    assert (
        read_link("unsubscribe", make_link("unsubscribe", 7, "", AT) + text, AT) is None or not text
    )


@WITH_FOLDER
@given(
    customer_id=st.integers(0, 2**63 - 1),
    message=st.one_of(st.just(""), st.uuids(version=4)),
    at=st.integers(1_600_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
)
def test_whoever_it_is_about_and_whenever_it_was_made(
    customer_id: int, message: UUID | str, at: datetime
) -> None:
    link = read_link("preferences", make_link("preferences", customer_id, message, at), at)

    assert link == Link("preferences", customer_id, str(message), at, at + LIVES["preferences"])


def test_making_one_costs_a_sender_next_to_nothing() -> None:
    make_link("unsubscribe", 7, MESSAGE, AT)

    best = min(
        timeit.repeat(lambda: make_link("unsubscribe", 7, MESSAGE, AT), number=2000, repeat=7)
    )

    # Three microseconds alone on a machine; room here for a machine at work.
    assert best / 2000 < 12e-6
