"""A business with a crowd, a text and a mail server: what the benchmarks of sending begin with."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

URL = "https://juniper.example"
SUBJECT = "We open again on Thursday"
BODY = """{{ greeting }}

the oven is lit again, and we open on **Thursday at seven**. You usually come by every
{{ usual_gap | default: "few weeks" }}; your order from before the closure stands.

{% if manager_name %}{{ manager_name }} looks forward to seeing you.{% endif %}

- What we know: the flour is here, the counter is whole.
- What we do not know yet: when the terrace opens.

Thank you for waiting with us, {{ first_name }}.

{{ signature }}
"""


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """A mail server that takes everything, in a process of its own; its port."""
    port_file = folder / "port"
    script = Path(__file__).with_name("sink.py")
    process = subprocess.Popen([sys.executable, str(script), "--port-file", str(port_file)])
    try:
        while not port_file.exists():
            time.sleep(0.05)
        yield int(port_file.read_text())
    finally:
        process.kill()
        process.wait()


def make_business_with(count: int, *, at: datetime) -> None:
    """A live business whose address is proved, and so many customers who agreed to mail."""
    from regulars.core import instance
    from regulars.core.models import Instance
    from regulars.messaging.models import Rules
    from regulars.team.models import Business
    from tests.factories.bulk import make_crowd

    instance.settle_identity()
    Instance.objects.update(public_url=URL, public_url_proved_at=at)
    instance.forget_seen()
    Business.objects.create(
        pk=1, name="Juniper & Rye", currency="GBP", time_zone="Europe/London", country="GB",
        street="4 Mill Lane", postcode="BA11 1AB", city="Frome", phone="+44 1373 000000",
        live_since=at.date(),
    )  # fmt: skip
    Rules.objects.create(pk=1, contacts_a_week=None, emails_a_week=None)
    make_crowd(count, at=at)


def make_version(*, at: datetime) -> Any:
    from regulars.messaging.models import TemplateVersion
    from regulars.messaging.texts import compile_version

    made = compile_version(SUBJECT, "", BODY, "")
    return TemplateVersion.objects.create(
        purpose="inform", subject=SUBJECT, body=BODY, html=made.html, text=made.text,
        fields=list(made.fields), has_links=made.has_links, sha256=made.sha256, created_at=at,
    )  # fmt: skip


def set_server(port: int, *, signed: bool, at: datetime) -> None:
    from regulars.core.secrets import seal_secret
    from regulars.messaging.models import MailServer

    key = seal_secret(_private_key()) if signed else ""
    MailServer.objects.update_or_create(
        pk=1,
        defaults={
            "kind": "smtp", "host": "127.0.0.1", "port": port, "security": "none",
            "from_name": "Juniper & Rye", "from_address": "hello@juniper.example",
            "dkim_selector": "r1" if signed else "", "dkim_key_sealed": key, "changed_at": at,
        },
    )  # fmt: skip


def _private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
