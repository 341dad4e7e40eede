"""The day's lists and the next touch of a customer, for reading."""

from regulars.planning.models import Cadence
from regulars.planning.priors import CADENCE_DAYS


def cadence_days() -> dict[str, int]:
    """How often each tier should hear from us at least: as set, else as we believe."""
    chosen = dict(Cadence.objects.values_list("tier", "at_least_every_days"))
    return {tier.value: chosen.get(tier.value, days) for tier, days in CADENCE_DAYS.items()}
