"""Coming in: names, encryption, certificates, signing in; each no has its word."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from regulars.messaging.channels.adapters import Outcome
from regulars.messaging.channels.smtp.client import MailServerClient
from regulars.messaging.channels.smtp.session import Way
from regulars.messaging.choices import Result, Security
from tests.messaging.channels.parcels import make_parcels, outcomes_of
from tests.messaging.channels.smtp_server import Habits, Server


def certificate(folder: Path, name: str, host: str) -> Path:
    """A certificate that vouches for itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names[: 2 if host == "here" else 1]), False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def server_side(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "own", "here")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "other", "elsewhere.example")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


def tried(server: Server, security: str, trusted: Path | None = None, **way: str) -> Outcome:
    context = ssl.create_default_context(cafile=str(trusted) if trusted else None)
    to = Way("127.0.0.1", server.port, security, sender="nora@juniper.example", **way)
    client = MailServerClient(to, context=context, timeout=2)
    outcome = outcomes_of(client, make_parcels(1))[0]
    client.close()
    return outcome


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_mail_travels_encrypted(server: Server, own: Path, security: str) -> None:
    server.habits = Habits(
        tls=server_side(own), tls_from_the_start=security == Security.TLS, login=("nora", "s3cret")
    )

    outcome = tried(server, security, own, username="nora", password="s3cret")

    assert outcome.result == Result.ACCEPTED
    assert server.signed_in_as == ["nora"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("trusts", [True, False])
def test_a_certificate_that_is_not_theirs_pauses_the_channel(
    server: Server, own: Path, other: Path, security: str, trusts: bool
) -> None:
    """Also one that changed overnight: nothing is sent, and no password is told."""
    server.habits = Habits(
        tls=server_side(other), tls_from_the_start=security == Security.TLS, login=("n", "p")
    )

    outcome = tried(server, security, other if trusts else own, username="n", password="p")

    assert (outcome.result, outcome.channel_is_broken) == (Result.NOT_SENT, True)
    assert outcome.code.startswith("certificate ")
    assert server.signed_in_as == []
    assert server.delivered == []


def test_encryption_that_is_not_offered_is_not_gone_without(server: Server) -> None:
    server.habits = Habits(login=("nora", "s3cret"))

    outcome = tried(server, Security.STARTTLS, username="nora", password="s3cret")

    assert (outcome.code, outcome.channel_is_broken) == ("no_starttls", True)
    assert not any(line.startswith(b"AUTH") for line in server.heard)


def test_a_wrong_password_pauses_the_channel_and_stands_in_no_outcome(server: Server) -> None:
    server.habits = Habits(login=("nora", "right"))

    outcome = tried(server, Security.NONE, username="nora", password="wrong-and-secret")

    assert (outcome.result, outcome.channel_is_broken) == (Result.NOT_SENT, True)
    assert outcome.code.startswith("login 535")
    assert "wrong-and-secret" not in repr(outcome) + repr(
        Way("h", 1, "", password="wrong-and-secret")
    )


@pytest.mark.parametrize(
    ("habits", "word"),
    [
        (Habits(greeting=b"554 5.7.1 Go away\r\n"), "greeting"),
        (Habits(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "greeting"),
        (Habits(greeting=b""), "greeting"),
        (Habits(greeting=b"\x00" * 200_000), "greeting"),
    ],
    ids=["a no", "a web server", "silence", "endless"],
)
def test_who_does_not_greet_as_a_mail_server_is_none(
    server: Server, habits: Habits, word: str
) -> None:
    server.habits = habits

    outcome = tried(server, Security.NONE)

    assert (outcome.result, outcome.channel_is_broken) == (Result.NOT_SENT, False)
    assert outcome.code.split()[0] == word


def test_a_name_that_does_not_exist_and_a_port_where_nobody_is(server: Server) -> None:
    nowhere = MailServerClient(Way("nowhere.invalid", 25, "none", sender="a@x.example"), timeout=2)
    server.stop_listening()

    unknown = outcomes_of(nowhere, make_parcels(2))
    nobody = tried(server, Security.NONE)

    assert {o.result for o in unknown} == {Result.NOT_SENT}
    assert {o.code.split()[0] for o in unknown} == {"dns"}
    assert (nobody.result, nobody.code.split()[0]) == (Result.NOT_SENT, "connect")
