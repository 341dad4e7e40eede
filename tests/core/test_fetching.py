"""Addresses that somebody told us: which machine is asked, however its address is written."""

import gc
import socket
import warnings
from contextlib import suppress

import pytest

from regulars.core.errors import Refusal
from regulars.core.fetching import LeadsElsewhere, NotGiven, Terms, fetch, is_public
from tests.factories.shops import open_shop

OURS = (
    "127.0.0.1", "10.0.0.7", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1", "239.1.1.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1",
    "fe80::1%eth0",
    "fc00::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
)  # fmt: skip
THEIRS = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8")
HERE = Terms(1000, allows_private=True)


@pytest.mark.parametrize("number", OURS)
def test_no_machine_of_our_own_network_is_public(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", THEIRS)
def test_machines_of_the_internet_are_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize("number", OURS)
def test_a_name_that_stands_for_one_of_ours_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)

    with pytest.raises(Refusal, match="in our own network"):
        fetch("https://shop.example/", Terms(1000))


@pytest.mark.parametrize(
    "address",
    ["http://shop.example/", "ftp://shop.example/", "file:///etc/passwd", "https://a:b@shop.example",
     "https:///nowhere", "https://shop.example:0/", "//shop.example", "https://[::1"],
)  # fmt: skip
def test_only_https_without_a_password_is_an_address(address: str) -> None:
    with pytest.raises(Refusal, match="begins with https"):
        fetch(address, Terms(1000))


def test_a_plain_address_is_for_our_own_network_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)

    with pytest.raises(Refusal, match="begins with https"):
        fetch("http://shop.example/", HERE)


def test_what_stands_there_comes_with_its_mark_and_only_once() -> None:
    with open_shop() as shop:
        shop.pages["/list"], shop.etag = ["words"], '"7"'

        first = fetch(f"{shop.address}/list?a=1", HERE)
        again = fetch(f"{shop.address}/list?a=1", Terms(1000, allows_private=True, etag='"7"'))

    assert (first.content, first.etag, first.name) == (b"words", '"7"', "list")
    assert again.content is None
    assert shop.asked == ["/list?a=1", "/list?a=1"]


def test_nobody_is_led_elsewhere_and_nothing_larger_is_taken() -> None:
    with open_shop() as shop:
        shop.leads["/old"], shop.pages["/large"] = "/new", ["x" * 1001]

        with pytest.raises(LeadsElsewhere) as led:
            fetch(f"{shop.address}/old", HERE)
        with pytest.raises(NotGiven, match="answered 404"):
            fetch(f"{shop.address}/none", HERE)
        with pytest.raises(Refusal, match="larger than 0 MB"):
            fetch(f"{shop.address}/large", HERE)

    assert led.value.to == f"{shop.address}/new"
    assert shop.asked == ["/old", "/none", "/large"]


def test_the_machine_that_was_looked_at_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that says another machine the second time is not asked a second time."""
    reached: list[object] = []

    def reach(machine: object, **_more: object) -> None:
        reached.append(machine)
        raise OSError

    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: next(answers))
    monkeypatch.setattr(socket, "create_connection", reach)

    with pytest.raises(Refusal, match="cannot be reached"):
        fetch("https://shop.example/", Terms(1000))

    assert reached == [("93.184.216.34", 443)]


def test_an_answer_that_nobody_reads_leaves_no_line_open() -> None:
    with open_shop() as shop, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        shop.leads["/moved"] = "/elsewhere"
        for path in ("/none", "/moved"):
            with suppress(NotGiven):
                fetch(shop.address + path, HERE)
        gc.collect()

    assert [str(one.message) for one in told] == []
