"""What the DNS says, in sentences; also when it says nothing."""

import dns.exception
import dns.resolver
import pytest

from regulars.messaging.dns_records import CouldNotAsk, Published, findings, texts_at

KEY = "v=DKIM1; k=rsa; p=MIIBIjAN"
OURS = Published("juniper.example", "r1", KEY)
GOOD = {
    "juniper.example": ["google-site-verification=x", "v=spf1 include:spf.x.example -all"],
    "r1._domainkey.juniper.example": ["v=DKIM1; k=rsa; p=MIIB IjAN"],
    "_dmarc.juniper.example": ["v=DMARC1; p=reject"],
}


def states(records: dict[str, list[str]], published: Published = OURS) -> list[tuple[str, str]]:
    return [(f.what, f.state) for f in findings(published, ask=lambda n: records.get(n, []))]


def test_all_three_are_good() -> None:
    assert states(GOOD) == [("SPF", "good"), ("DKIM", "good"), ("DMARC", "good")]


def test_nothing_published_says_what_to_publish() -> None:
    found = findings(OURS, ask=lambda _name: [])

    assert [(f.state, f.name) for f in found] == [
        ("missing", "juniper.example"),
        ("missing", "r1._domainkey.juniper.example"),
        ("missing", "_dmarc.juniper.example"),
    ]
    assert found[1].record == KEY
    assert all(f.sentence and f.remedy and f.record for f in found)


@pytest.mark.parametrize(
    ("name", "records", "expected"),
    [
        ("juniper.example", ["v=spf1 -all", "v=spf1 mx -all"], ("SPF", "look")),
        ("juniper.example", ["v=spf1 mx +all"], ("SPF", "look")),
        ("juniper.example", ["v=spf10 -all"], ("SPF", "missing")),
        ("r1._domainkey.juniper.example", ["v=DKIM1; p=OTHER"], ("DKIM", "look")),
        ("r1._domainkey.juniper.example", ["v=DKIM1; p="], ("DKIM", "look")),
        ("_dmarc.juniper.example", ["v=DMARC1; p=none"] * 2, ("DMARC", "look")),
        ("_dmarc.juniper.example", ["hello"], ("DMARC", "missing")),
    ],
)
def test_what_is_wrong_is_seen(name: str, records: list[str], expected: tuple[str, str]) -> None:
    assert expected in states(GOOD | {name: records})


def test_who_does_not_sign_here_is_told_so() -> None:
    assert states(GOOD, Published("juniper.example"))[1] == ("DKIM", "look")


def test_a_policy_of_the_domain_above_counts() -> None:
    found = states(GOOD, Published("mail.juniper.example"))

    assert found[-1] == ("DMARC", "good")


def test_offline_says_that_it_could_not_ask_and_asks_once() -> None:
    asked = []

    def nobody(name: str) -> list[str]:
        asked.append(name)
        raise CouldNotAsk(name)

    found = findings(OURS, ask=nobody)

    assert [(f.what, f.state) for f in found] == [("DNS", "unknown")]
    assert asked == ["juniper.example"]


@pytest.mark.parametrize(
    "error",
    [dns.exception.Timeout, dns.resolver.NoNameservers, OSError,
     dns.resolver.NoResolverConfiguration],
    ids=lambda error: error.__name__,
)  # fmt: skip
def test_silence_is_not_absence(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_asked: object) -> None:
        raise error

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", fail)

    with pytest.raises(CouldNotAsk):
        texts_at("juniper.example")


def test_absence_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_asked: object) -> None:
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", fail)

    assert texts_at("juniper.example") == []
