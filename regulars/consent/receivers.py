"""What consent hears from files: a no lowers, a yes is only noted as claimed (RELIABILITY C3)."""

from collections import defaultdict
from collections.abc import Sequence

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState
from regulars.core.column_sets import Said, Terms, consent_takers


class FromFiles:
    """Takes what the rows of an import say about permission."""

    def would_change(self, said: Sequence[Said]) -> set[int]:
        standing = self._standing(said)
        return {
            one.customer_id
            for one in said
            if _is_news(standing.get((one.customer_id, one.channel)), is_yes=one.is_yes)
        }

    def take(self, said: Sequence[Said], terms: Terms) -> None:
        sets: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for one in said:
            sets[one.channel, one.is_yes].append(one.customer_id)
        for (channel, is_yes), customer_ids in sorted(sets.items()):
            record_decision(
                customer_ids,
                channel,
                Decision.CLAIMED if is_yes else Decision.WITHDRAWN,
                source=f"import {terms.import_id}: {terms.source}"[:200],
                by=terms.by,
                at=terms.at,
            )

    def _standing(self, said: Sequence[Said]) -> dict[tuple[int, str], str]:
        states = ConsentState.objects.filter(customer_id__in={one.customer_id for one in said})
        rows = states.values_list("customer_id", "channel", "decision")
        return {(customer_id, channel): decision for customer_id, channel, decision in rows}


def _is_news(standing: str | None, *, is_yes: bool) -> bool:
    return standing is None if is_yes else standing != Decision.WITHDRAWN


consent_takers.register("consent", FromFiles())
