"""A window of messages made ready: values gathered in sets, each text rendered alone."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from regulars.core.asking_links import AskingLink, asking_links
from regulars.core.instance import proved_public_url
from regulars.core.signed_links import make_link
from regulars.core.template_fields import values_for
from regulars.messaging.errors import TextRefused
from regulars.messaging.models import Message, TemplateVersion
from regulars.messaging.outbox import Claimed
from regulars.messaging.texts import (
    HOUSE_VALUES,
    Prepared,
    Rendered,
    addresses_in,
    check_rendered,
    prepare,
    without_links,
)
from regulars.team.models import Member
from regulars.team.queries import the_named_business

log = logging.getLogger("regulars.sending")

# Rendered again, the text is another than the one that may have left.
CHANGED = "changed"
# The text cannot be filled in at all, or is not what was frozen.
UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, rendered: what is frozen with it, and what goes on the wire."""

    claimed: Claimed
    rendered: Rendered
    context: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """A message whose text must not leave as it is; `why` is a code of `check_rendered`."""

    claimed: Claimed
    why: str


def render_window(window: Sequence[Claimed], *, at: datetime) -> tuple[list[Letter], list[Unfit]]:
    """Render every message of a window by itself; queries do not grow with the window.

    A message that may have left before is rendered from the values frozen then, and must come out
    the same to the letter.
    """
    versions = TemplateVersion.objects.in_bulk({one.version_id for one in window})
    texts = {pk: _prepared(version) for pk, version in versions.items()}
    contexts = contexts_for([one for one in window if not one.content_sha256], versions, at=at)
    addresses = {one.address for one in window}
    letters: list[Letter] = []
    unfit: list[Unfit] = []
    for one in window:
        values = one.context if one.content_sha256 else contexts[one.id]
        letter, why = _letter(one, texts[one.version_id], values, addresses - {one.address})
        if letter is None:
            unfit.append(Unfit(one, why))
        else:
            letters.append(letter)
    return letters, unfit


def _prepared(version: TemplateVersion) -> Prepared | None:
    try:
        return prepare(version)
    except TextRefused:
        log.exception("version %s of a text cannot be used", version.pk)
        return None


def _letter(
    one: Claimed, text: Prepared | None, values: Mapping[str, Any], others: set[str]
) -> tuple[Letter | None, str]:
    if text is None:
        return None, UNUSABLE
    try:
        rendered = text.render(values)
    except TextRefused:
        return None, UNUSABLE
    why = check_rendered(rendered, one.address, others, text.addresses | _of_the_house(values))
    if not why and one.content_sha256 not in ("", rendered.sha256):
        why = CHANGED
    if why:
        return None, why
    return Letter(one, rendered, values, rendered.sha256), ""


def _of_the_house(values: Mapping[str, Any]) -> frozenset[str]:
    said = (str(values[name]) for name in HOUSE_VALUES if name in values)
    return addresses_in("\n".join(said))


def contexts_for(
    window: Sequence[Claimed], versions: Mapping[int, TemplateVersion], *, at: datetime
) -> dict[Any, dict[str, Any]]:
    """The plain values of each message: what its text asks for, the house, who signs, the links."""
    by_version: dict[int, list[Claimed]] = defaultdict(list)
    for one in window:
        by_version[one.version_id].append(one)
    house, senders, url = house_values(), sender_values(window), proved_public_url()
    found: dict[Any, dict[str, Any]] = {}
    for version_id, group in by_version.items():
        ids = [one.customer_id for one in group if one.customer_id is not None]
        own = values_for(versions[version_id].fields, ids, at)
        asked = asking_links_of(group, versions[version_id].html, url, at)
        for one in group:
            known = own.get(one.customer_id, {}) if one.customer_id is not None else {}
            found[one.id] = {
                **{name: _plain(value) for name, value in known.items()},
                **house,
                **senders[one.created_by_id],
                **links_of(one, url, at),
                **{mark: links.get(one.id, "") for mark, links in asked.items()},
            }
    return found


def house_values() -> dict[str, str]:
    business = the_named_business()
    town = " ".join(part for part in (business.postcode, business.city) if part)
    address = ", ".join(part for part in (business.street, town) if part)
    return {
        "business_name": business.name,
        "business_address": address,
        "business_phone": business.phone,
    }


def sender_values(window: Iterable[Claimed]) -> dict[int | None, dict[str, str]]:
    """Who signs, for each member who wrote one of these; the house signs where nobody did."""
    ids = {one.created_by_id for one in window}
    members = Member.objects.in_bulk([pk for pk in ids if pk is not None])
    return {pk: _sender(members.get(pk) if pk is not None else None) for pk in ids}


def _sender(member: Member | None) -> dict[str, str]:
    if member is None:
        return {"sender_name": "", "sender_phone": "", "sender_face": ""}
    has_face = bool(member.photo) and member.photo.storage.exists(str(member.photo.name))
    face = f"cid:face-{member.pk}" if has_face else ""
    return {"sender_name": member.name, "sender_phone": member.phone, "sender_face": face}


def links_of(one: Claimed, public_url: str, at: datetime) -> dict[str, str]:
    """The ways out and the ways to change something, or none before the address is proved."""
    none = {"unsubscribe_url": "", "preferences_url": "", "confirm_url": ""}
    if not public_url:
        return none
    if one.customer_id is None:
        # Who is not on the list yet has one way alone: to say that it was them who asked.
        what, _colon, number = one.occasion.partition(":")
        if what != "opt-in":
            return none
        token = make_link("confirm", int(number), one.id, at)
        return {**none, "confirm_url": f"{public_url}/c/{token}"}
    made = {
        kind: make_link(kind, one.customer_id, one.id, at=at)
        for kind in ("unsubscribe", "preferences")
    }
    return {
        **none,
        "unsubscribe_url": f"{public_url}/u/{made['unsubscribe']}",
        "preferences_url": f"{public_url}/p/{made['preferences']}",
    }


def asking_links_of(
    window: Sequence[Claimed], text: str, public_url: str, at: datetime
) -> dict[str, dict[Any, str]]:
    """The links to pages that ask something, by mark and message; only of those the text says."""
    said = [link for link in asking_links if link.mark in text]
    return {link.mark: _asking(link, window, public_url, at) for link in said}


def _asking(
    link: AskingLink, window: Sequence[Claimed], public_url: str, at: datetime
) -> dict[Any, str]:
    if not public_url:
        return {}
    numbers = {one.id: _number_for(link, one) for one in window}
    return {
        pk: f"{public_url}/{link.path}/{make_link(link.kind, number, pk, at)}"
        for pk, number in numbers.items()
        if number is not None
    }


def _number_for(link: AskingLink, one: Claimed) -> int | None:
    """Whom or what the link is about; nothing where the message has none."""
    if not link.occasion:
        return one.customer_id
    what, _colon, number = one.occasion.partition(":")
    return int(number) if what == link.occasion else None


def rendered_again(message: Message) -> Rendered:
    """The text that a message had when it left, from its version and the values frozen with it.

    Raises `ValueError` where it does not match what was written down: then the row is damaged.
    """
    rendered = prepare(message.version).render(message.context)
    if rendered.sha256 != message.content_sha256:
        raise ValueError(f"message {message.pk} does not render to what was sent")
    return rendered


def shown_again(message: Message) -> Rendered:
    """The same for whoever looks at it in the desk: its links are the customer's alone."""
    rendered_again(message)
    return prepare(message.version).render(without_links(message.context))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
