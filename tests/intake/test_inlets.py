"""A file fetched from an https address: a server of our own, whose certificate is looked at."""

import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse

from regulars.core import fetching, jobs
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.intake import inlets
from regulars.intake.coming_in import LOOK_JOB
from regulars.intake.models import Import, Inlet
from regulars.team.models import Member
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db

# The first is one on which nobody listens.
NUMBERS = ("::1", "127.0.0.1")
MARK = '"as of today"'
LIST = "Name,Email\nRuth Calloway,ruth@example.com\nZoë Hale,zoe@example.com\n"


@pytest.fixture
def certificate(tmp_path: Path, at: datetime) -> Path:
    """Key and certificate of a machine that nobody vouches for but whoever trusts this file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "till")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=3650))
        .not_valid_after(at + timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "till.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(plain + made.public_bytes(pem))
    return file


class Till(BaseHTTPRequestHandler):
    """Gives its list once to each who asks, and tells whoever has it that it is the same."""

    def do_GET(self) -> None:
        is_same = self.headers.get("If-None-Match") == MARK
        self.send_response(304 if is_same else 200)
        self.send_header("ETag", MARK)
        self.end_headers()
        if not is_same:
            self.wfile.write(LIST.encode())

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def address(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Till) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/out/list.csv"
        server.shutdown()


def said(*, at: datetime) -> str:
    """What the next look says of the only address."""
    assert jobs.run_now(LOOK_JOB, at=at).state == Job.State.DONE
    return Inlet.objects.get().said


def test_a_list_comes_in_from_an_https_address_by_itself(
    address: str, certificate: Path, monkeypatch: pytest.MonkeyPatch, owner: Member, at: datetime,
    client_of: Callable[[Member], Client],
) -> None:  # fmt: skip
    bring("customers", "Name,Email\nAda,ada@example.com\n")
    client, screen = client_of(owner), reverse("intake:inlets")
    wanted = {"kind": "customers", "place": address, "source": "till", "allows_private": "on"}

    assert client.post(screen, wanted).status_code == 302
    # Nobody vouches for the machine: what it gives is not taken.
    assert "not what it says it is" in said(at=at)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    first, again = said(at=at), said(at=at)

    assert first == again == "list.csv: 2 new, 0 changed, 0 not readable."
    assert Inlet.objects.get().etag == MARK
    assert Import.objects.filter(source="till").count() == 1
    assert Customer.objects.filter(name__in=["Ruth Calloway", "Zoë Hale"]).count() == 2
    assert first in client.get(screen).content.decode()


def test_of_several_machines_of_one_name_the_first_that_answers_is_asked(
    address: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    machines = [(number, urlsplit(address).port) for number in NUMBERS]
    monkeypatch.setattr(fetching, "machines_of", lambda *_told, **_more: machines)

    got = inlets.fetch_inlet(Inlet(place=address, allows_private=True))

    assert got.content == LIST.encode()
