"""What the DNS says of the sender's domain: may this mail be believed? (SPF, DKIM, DMARC)"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import dns.exception
import dns.resolver
from django.utils.translation import gettext as _

# How long one question may take before we say that we could not ask.
SECONDS = 5.0

Ask = Callable[[str], list[str]]


class CouldNotAsk(Exception):
    """No answer came: this machine is offline, or the domain's servers are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`record` is what to publish, under `name`, where something is to be published."""

    what: str
    state: Literal["good", "look", "missing", "unknown"]
    sentence: str
    remedy: str = ""
    name: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What should be there: the domain of the sender, and our key where we sign."""

    domain: str
    selector: str = ""
    key_record: str = ""


def texts_at(name: str) -> list[str]:
    """The TXT records of a name; none where it has none."""
    try:
        resolver = dns.resolver.Resolver()
        resolver.lifetime = SECONDS
        answer = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise CouldNotAsk(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def findings(published: Published, *, ask: Ask = texts_at) -> list[Finding]:
    """Three answers, in the order in which they matter; one unanswered question ends it."""
    found = []
    for check in (_spf, _dkim, _dmarc):
        try:
            found.append(check(published, ask))
        except CouldNotAsk:
            found.append(_unasked())
            break
    return found


def _unasked() -> Finding:
    return Finding(
        _("DNS"),
        "unknown",
        _("The DNS could not be asked: no answer came within five seconds."),
        _("Look whether this machine is on the network, and ask again. Nothing is wrong yet."),
    )


def _spf(published: Published, ask: Ask) -> Finding:
    records = [text for text in ask(published.domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return Finding(
            "SPF", "missing",
            _("The domain does not say which servers may send its mail."),
            _("Publish this, with the name that your mail provider gives you for it."),
            published.domain, "v=spf1 mx include:spf.your-provider.example ~all",
        )  # fmt: skip
    if len(records) > 1:
        return Finding(
            "SPF", "look",
            _("There are several SPF records; receivers then believe none."),
            _("Make one of them, with everything that the others say."), published.domain,
        )  # fmt: skip
    if {"+all", "all", "?all"} & set(records[0].lower().split()):
        return Finding(
            "SPF", "look",
            _("The domain lets every server in the world send in its name."),
            _("End the record with ~all or -all instead."), published.domain, records[0],
        )  # fmt: skip
    return Finding(
        "SPF", "good",
        _("The domain says which servers may send its mail."),
        _("Yours has to be among them: your mail provider knows."), record=records[0],
    )  # fmt: skip


def _dkim(published: Published, ask: Ask) -> Finding:
    if not published.selector:
        return Finding(
            "DKIM", "look",
            _("Regulars does not sign your mail."),
            _("That is fine where your mail server signs it; otherwise make a key below."),
        )  # fmt: skip
    name = f"{published.selector}._domainkey.{published.domain}"
    records = ask(name)
    if not records:
        return Finding(
            "DKIM", "missing",
            _("The key is not published yet, so receivers cannot check our signature."),
            _("Publish this. Until then they treat your mail as unsigned."),
            name, published.key_record,
        )  # fmt: skip
    if _key_in(published.key_record) not in {_key_in(record) for record in records}:
        return Finding(
            "DKIM", "look",
            _("Another key is published than the one that signs: every signature fails."),
            _("Publish this in its place."), name, published.key_record,
        )  # fmt: skip
    return Finding("DKIM", "good", _("The key that signs your mail is published."))


def _key_in(record: str) -> str:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return "".join(tags.get("p", "").split())


def _dmarc(published: Published, ask: Ask) -> Finding:
    labels = published.domain.split(".")
    # A record of the domain above counts too (RFC 7489, 6.6.3).
    for start in range(max(1, len(labels) - 1)):
        records = ask(f"_dmarc.{'.'.join(labels[start:])}")
        if policy := [text for text in records if text.lower().startswith("v=dmarc1")]:
            return _policy(policy)
    return Finding(
        "DMARC", "missing",
        _("The domain does not say what to do with mail that only pretends to be yours."),
        _("Publish this to begin with: it changes nothing for mail, and large providers ask it."),
        f"_dmarc.{published.domain}", "v=DMARC1; p=none",
    )  # fmt: skip


def _policy(records: list[str]) -> Finding:
    if len(records) > 1:
        return Finding(
            "DMARC", "look",
            _("There are several DMARC records; receivers then believe none."),
            _("Keep one of them."),
        )  # fmt: skip
    return Finding(
        "DMARC", "good",
        _("The domain says what to do with mail that only pretends to be yours."),
        record=records[0],
    )  # fmt: skip
