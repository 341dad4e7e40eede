"""The tags of the business, and who has them."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, Q

from regulars.customers.errors import TagNotFound
from regulars.customers.models import CustomerTag, Tag
from regulars.customers.naming import folded_name


def tags_by_name() -> list[Tag]:
    """Every tag of the business."""
    return list(Tag.objects.order_by("folded"))


def tags_counted() -> list[tuple[Tag, int]]:
    """Every tag and how many on the list have it."""
    on_the_list = Count("tagged", filter=Q(tagged__customer__archived_at=None))
    counts = dict(Tag.objects.annotate(count=on_the_list).values_list("pk", "count"))
    return [(tag, counts[tag.pk]) for tag in tags_by_name()]


def tags_of(customer_ids: Sequence[int]) -> dict[int, list[Tag]]:
    """The tags of each of these, in one query; who has none is left out."""
    rows = CustomerTag.objects.filter(customer__in=customer_ids).select_related("tag")
    found: dict[int, list[Tag]] = defaultdict(list)
    for row in rows.order_by("tag__folded"):
        found[row.customer_id].append(row.tag)
    return dict(found)


def tag_for(tag_id: int) -> Tag:
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise TagNotFound
    return tag


def tag_named(name: str) -> Tag | None:
    """The tag that this is a spelling of."""
    return Tag.objects.filter(folded=folded_name(name)[:60]).first()
