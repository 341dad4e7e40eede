"""The sender's domain and our key for it: what is published, and what signs."""

from regulars.core.secrets import SecretLost, open_secret
from regulars.messaging.dkim import record_of
from regulars.messaging.dns_records import Published
from regulars.messaging.mime import domain_on_the_wire
from regulars.messaging.models import MailServer


def published_by(server: MailServer) -> Published | None:
    """What the DNS should say for this sender; None before the sender has an address."""
    if not server.from_address:
        return None
    domain = domain_on_the_wire(server.from_address.rpartition("@")[2])
    if not (server.dkim_selector and server.dkim_key_sealed):
        return Published(domain)
    try:
        record = record_of(open_secret(server.dkim_key_sealed))
    except SecretLost:
        # The key has to be made anew; the page offers it.
        return Published(domain)
    return Published(domain, server.dkim_selector, record)
