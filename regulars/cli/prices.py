"""What everybody pays, from the command line: the shop asked now."""

import sys

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database


@click.group()
def prices() -> None:
    """What everybody pays, and which old customers that undercuts."""


@prices.command()
@click.option("--anyway", is_flag=True,
              help="Take a list that is suddenly empty, or a tenth of what it was.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def fetch(anyway: bool, as_json: bool) -> None:
    """Ask the shop for its list now, and take what changed."""
    from regulars.core import clock, jobs
    from regulars.core.actor import COMMAND
    from regulars.core.errors import Refusal
    from regulars.prices.actions.shops import begin_look
    from regulars.prices.choices import LookState
    from regulars.prices.models import ShopLook
    from regulars.prices.queries.shops import LOOK_JOB, the_shop, undercutting_count
    from regulars.prices.words import look_words
    from regulars.team.queries import the_named_business

    shop = the_shop()
    if shop is None:
        raise Refusal(
            "No shop is named whose list could be asked.",
            "An owner names it on the page Prices, under “Take them from the shop”.",
        )
    at = clock.now()
    look = begin_look(shop, by=COMMAND, at=at, is_anyway=anyway, is_left=False)
    jobs.run_now(LOOK_JOB, at=at, look_id=look.pk)
    look = ShopLook.objects.select_related("shop").get(pk=look.pk)
    undercut = undercutting_count(look.shop, the_named_business().day_of(at))
    if as_json:
        put_json({
            "address": look.shop.address, "kind": look.shop.kind, "state": look.state,
            "products": look.products, "new": look.new, "changed": look.changed,
            "gone": look.gone, "unread": look.unread, "undercut": undercut,
            "sentence": look.sentence, "remedy": look.remedy,
        })  # fmt: skip
    else:
        said = look_words(look, is_asking=False, undercut=undercut)
        click.echo(" ".join(part for part in (said, look.sentence, look.remedy) if part))
    sys.exit(0 if look.state in (LookState.SEEN, LookState.TAKEN) else 1)
