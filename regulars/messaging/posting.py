"""From a rendered letter to a parcel: headers, the ways out, the face under it, the signature."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from regulars.consent.choices import Channel
from regulars.core import signed_links
from regulars.core.instance import instance_id, proved_public_url
from regulars.core.public_addresses import one_click_answers
from regulars.core.secrets import open_secret
from regulars.customers.models import Customer
from regulars.messaging import mime
from regulars.messaging.channels.adapters import Parcel
from regulars.messaging.dkim import Signer
from regulars.messaging.models import MailServer
from regulars.messaging.outbox import Claimed
from regulars.messaging.rendering import Letter
from regulars.team.models import Member
from regulars.team.queries import the_named_business

# While messages go into files only, nobody has said in whose name they go.
NOBODY = "nobody@regulars.invalid"
# A number as it is dialled from anywhere (E.164).
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


class PostOffice:
    """Makes parcels of letters, in the name that the server's settings say."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._from_name = server.from_name or the_named_business().name
        self._from_address = server.from_address or NOBODY
        self._signer = _signer_of(server)
        self._instance = instance_id()
        self._faces: dict[int, Sequence[mime.Inline]] = {}
        # RELIABILITY C2: advertised only where it is answered.
        self._one_click = one_click_answers()

    def key_of(self, message_id: UUID) -> str:
        """The key by which a provider knows this message again: the same at every attempt."""
        return str(uuid5(self._instance, str(message_id)))

    def parcels(self, letters: Sequence[Letter], *, at: datetime) -> dict[UUID, Parcel]:
        """The parcels of a window; a letter whose headers would be forged has none."""
        names = names_of(letters)
        url = proved_public_url()
        made: dict[UUID, Parcel] = {}
        for letter in letters:
            one = letter.claimed
            key = one.provider_key or self.key_of(one.id)
            try:
                if one.channel == Channel.TEXT:
                    to = number_at(one.address, self.server.text_gateway)
                    raw = self._text(letter, key, to, at)
                else:
                    to = one.address
                    raw = self._raw(letter, key, names.get(one.customer_id or 0, ""), url, at)
            except mime.HeaderRefused:
                continue
            made[one.id] = Parcel(one.id, key, to, raw)
        return made

    def _text(self, letter: Letter, key: str, to: str, at: datetime) -> bytes:
        # Providers put a subject in front of the words, so there is none.
        raw = mime.in_one_part(
            "", letter.rendered.text, from_name="", from_address=self._from_address, to_name="",
            to_address=to, message_id=key, date=at,
        )  # fmt: skip
        return self._signer.sign(raw) if self._signer else raw

    def _raw(self, letter: Letter, key: str, name: str, url: str, at: datetime) -> bytes:
        one = letter.claimed
        raw = mime.build(
            letter.rendered,
            from_name=self._from_name,
            from_address=self._from_address,
            to_name=name,
            to_address=one.address,
            reply_to=self.server.reply_to,
            message_id=key,
            date=at,
            list_unsubscribe_url=one_click_url(one, url, at),
            list_unsubscribe_mailto=self.server.reply_to or self._from_address,
            one_click=bool(url) and self._one_click,
            # What a member wrote to one customer is no automatic mail, and may be answered.
            auto=one.mailing_id is not None or one.created_by_id is None,
            inline=self._face(one.created_by_id) if letter.context.get("sender_face") else (),
        )
        return self._signer.sign(raw) if self._signer else raw

    def _face(self, member_id: int | None) -> Sequence[mime.Inline]:
        if member_id is None:
            return ()
        if member_id not in self._faces:
            self._faces[member_id] = face_of(member_id)
        return self._faces[member_id]


def number_at(number: str, gateway: str) -> str:
    """The address at which a provider makes a text of a mail; a number of no country has none."""
    if not gateway or not _NUMBER.fullmatch(number):
        raise mime.HeaderRefused("no way for a text to this number")
    return f"{number.removeprefix('+')}@{gateway}"


def face_of(member_id: int) -> Sequence[mime.Inline]:
    """The picture that a member's messages carry, if they have given one."""
    member = Member.objects.filter(pk=member_id).exclude(photo="").first()
    if member is None:
        return ()
    try:
        with member.photo.open("rb") as file:
            return (mime.Inline(f"face-{member_id}", "image/jpeg", file.read()),)
    except FileNotFoundError:
        return ()


def one_click_url(one: Claimed, public_url: str, at: datetime) -> str:
    """Where a mail program unsubscribes by itself (RFC 8058); empty without a proved address."""
    if not public_url or one.customer_id is None:
        return ""
    token = signed_links.make_link("unsubscribe", one.customer_id, one.id, at=at)
    return f"{public_url}/u/{token}/now"


def names_of(letters: Sequence[Letter]) -> Mapping[int, str]:
    ids = [one.claimed.customer_id for one in letters if one.claimed.customer_id is not None]
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))


def _signer_of(server: MailServer) -> Signer | None:
    if not (server.dkim_selector and server.dkim_key_sealed and server.from_address):
        return None
    domain = server.from_address.rpartition("@")[2]
    return Signer(domain, server.dkim_selector, open_secret(server.dkim_key_sealed))
