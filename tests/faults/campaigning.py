"""A campaign begun and sent in a process that may be killed: `python -m tests.faults.campaigning`.

`REGULARS_HOME` and `DATABASE_URL` name the instance. `fill` writes the campaign; `approve` lets it
begin, and answers 3 where that is refused; `send` writes its messages and sends them, into files.
"""

import os
import sys

PEOPLE, CALLS, WINDOW = 24, 6, 4
REFUSED = 3
# So long somebody dead keeps what they had in hand.
LEASE = 1.0


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    deeds = {"fill": _fill, "approve": _approve, "send": _send}
    return deeds[sys.argv[1]]()


def _fill() -> int:
    from datetime import time

    from django.core.management import call_command

    from regulars.core import clock, instance
    from regulars.messaging.models import Rules
    from regulars.outreach.choices import Means
    from tests.factories.outreach import make_campaign, make_reachable, make_segment
    from tests.factories.team import make_business

    call_command("migrate", verbosity=0, interactive=False)
    instance.settle_identity()
    make_business()
    # By day and by night.
    Rules.objects.update_or_create(
        pk=1, defaults={"quiet_from": time(0), "quiet_to": time(0)}
    )  # fmt: skip
    people = [make_reachable(f"Customer {nth}", stake_minor=nth) for nth in range(PEOPLE)]
    now = clock.now()
    make_campaign(now, make_segment(now, people), means=Means.BOTH, most_calls=CALLS)
    return 0


def _approve() -> int:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.core.errors import Refusal
    from regulars.outreach.actions.running import approve_campaign
    from regulars.outreach.models import Campaign

    try:
        approve_campaign(
            Campaign.objects.get(), seen_calls=CALLS, seen_messages=PEOPLE - CALLS, by=COMMAND,
            at=clock.now(),
        )  # fmt: skip
    except Refusal:
        return REFUSED
    return 0


def _send() -> int:
    from regulars.core import clock
    from regulars.messaging import expanding, outbox, sending
    from regulars.messaging.models import Mailing

    # Several transactions and windows, so that some are over when the process dies.
    expanding.CHUNK = 5
    outbox.LEASE_SECONDS = LEASE  # type: ignore[assignment]
    sending.TENDS_EVERY = 0.1
    expanding.expand(Mailing.objects.get(), at=clock.now())
    sending.Sender(window=WINDOW).run(goes_on=lambda: True, waits=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
