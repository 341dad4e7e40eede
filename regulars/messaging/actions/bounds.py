"""What rooms above say of how often customers hear from us at most, where the gate looks."""

from typing import Any

from django.db import connection

from regulars.core.bulk import run_sql


def bound_contacts(bounds: str, values: dict[str, Any], *, meant: str) -> int:
    """Let customers hear from us no more often than every so many days, by any message.

    `bounds` is a query of `customer_id` and `rarest_days`, of those who have such a bound alone;
    `meant` a condition on a customer's number (`BETWEEN 1 AND 5000`): whoever of these is not in
    `bounds` is bound no longer. Returns how many changed.
    """
    is_other = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    # In the order of their numbers, as whoever counts contacts locks them.
    return run_sql(
        "INSERT INTO messaging_standing (customer_id, rarest_days, balance)"  # noqa: S608
        f" WITH bound AS ({bounds}), freed AS ("
        "   SELECT customer_id FROM messaging_standing"
        f"  WHERE customer_id {meant} AND rarest_days IS NOT NULL"
        "     AND customer_id NOT IN (SELECT customer_id FROM bound))"
        " SELECT customer_id, rarest_days, 0 FROM ("
        "   SELECT customer_id, rarest_days FROM bound"
        "   UNION ALL SELECT customer_id, NULL FROM freed) said"
        " WHERE true ORDER BY customer_id"
        " ON CONFLICT (customer_id) DO UPDATE SET rarest_days = excluded.rarest_days"
        f" WHERE messaging_standing.rarest_days {is_other} excluded.rarest_days",
        values,
    )
