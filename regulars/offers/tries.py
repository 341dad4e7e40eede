"""Whoever tries one code after the other is stopped for a while; kept by each server process."""

from django.core.cache import cache
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.offers.errors import TooManyTries

# A bad day at the till misreads ten; a program tries thousands.
MOST, SECONDS = 30, 600


def refuse_guessing(actor: Actor) -> None:
    if cache.get(_key(actor), 0) >= MOST:
        raise TooManyTries(
            _("Too many codes that do not exist were tried here."),
            _("Wait ten minutes, or look for the customer instead."),
        )


def count_miss(actor: Actor) -> None:
    cache.add(_key(actor), 0, SECONDS)
    cache.incr(_key(actor))


def _key(actor: Actor) -> str:
    return f"offers.tries.{actor.member_id or actor.kind}"
