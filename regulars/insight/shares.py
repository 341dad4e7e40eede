"""How sure a share is that was seen among so many."""

from math import sqrt

Z_95, Z_99 = 1.959964, 2.575829
# Of fewer than so many, a share is hardly more than chance.
LEAST_OF_A_SHARE = 20


def bounds(yes: int, count: int, z: float = Z_95) -> tuple[float, float]:
    """The bounds within which the true share lies 19 times in 20 (Wilson 1927)."""
    if count <= 0:
        return 0.0, 1.0
    share, weight = yes / count, z * z / count
    middle = (share + weight / 2) / (1 + weight)
    reach = z * sqrt(share * (1 - share) / count + weight / (4 * count)) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def apart(yes: int, count: int, other_yes: int, other_count: int) -> str:
    """Whether a share is more or less than another beyond chance, or nobody can tell.

    One in a hundred by chance (two proportions, pooled): many products are looked at at once.
    """
    if min(count, other_count) < LEAST_OF_A_SHARE:
        return "few"
    pooled = (yes + other_yes) / (count + other_count)
    error = sqrt(pooled * (1 - pooled) * (1 / count + 1 / other_count))
    if not error:
        return "same"
    distance = (yes / count - other_yes / other_count) / error
    if abs(distance) < Z_99:
        return "same"
    return "more" if distance > 0 else "less"
