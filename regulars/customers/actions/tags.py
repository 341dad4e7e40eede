"""Tags: made, stuck on customers, renamed, put together, thrown away."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.before_images import create_rows, remember_deleted
from regulars.core.bulk import run_sql, table_of
from regulars.core.events import announce
from regulars.core.models import Operation
from regulars.customers.choices import TagColour
from regulars.customers.errors import TagRefused
from regulars.customers.events import CustomersTagged
from regulars.customers.models import CustomerQuerySet, CustomerTag, Tag
from regulars.customers.naming import folded_name

LONGEST_TAG = 60
MOST_TAGS = 1000


@transaction.atomic
def add_tag(name: str, *, by: Actor, at: datetime, colour: str = "") -> Tag:
    """Make a tag; one of that name that is there already is taken as it is."""
    name, folded = _named(name)
    tag = Tag.objects.filter(folded=folded).first()
    if tag is not None:
        return tag
    count = Tag.objects.count()
    if count >= MOST_TAGS:
        raise TagRefused(
            _("There are %(most)s tags already.") % {"most": MOST_TAGS},
            _("Put some together, or delete those that nobody has."),
        )
    given = TagColour(colour) if colour else list(TagColour)[count % len(TagColour)]
    # Another desk may make the same tag in the same second: then theirs is ours.
    tag, is_new = Tag.objects.get_or_create(
        folded=folded, defaults={"name": name, "colour": given, "created_at": at}
    )
    if is_new:
        audit.record("added", tag, by=by, at=at)
    return tag


@transaction.atomic
def tag_customers(
    customers: CustomerQuerySet,
    tag: Tag,
    *,
    by: Actor,
    at: datetime,
    source: str = "desk",
    operation: Operation | None = None,
) -> int:
    """Stick a tag on customers; returns how many did not have it. An operation can undo it."""
    has_it = CustomerTag.objects.filter(tag=tag, customer=OuterRef("pk"))
    chosen, values = (
        customers.order_by().exclude(Exists(has_it)).values("pk").query.sql_with_params()
    )
    # One statement, whatever the selection; somebody else may stick it on meanwhile.
    insert = (
        f"INSERT INTO {table_of(CustomerTag)} (customer_id, tag_id, source, tagged_at)"  # noqa: S608
        f" SELECT chosen.*, %s, %s, %s FROM ({chosen}) AS chosen WHERE true"
        " ON CONFLICT DO NOTHING"
    )
    given = (tag.pk, source, connection.ops.adapt_datetimefield_value(at), *values)
    if operation is None:
        count = run_sql(insert, given)
    else:
        count = create_rows(operation, CustomerTag, insert, given)
    return _told(tag, "tagged", count, by=by, at=at)


@transaction.atomic
def untag_customers(
    customers: CustomerQuerySet,
    tag: Tag,
    *,
    by: Actor,
    at: datetime,
    operation: Operation | None = None,
) -> int:
    """Take a tag off customers; returns how many had it. An operation can undo it."""
    rows = CustomerTag.objects.filter(tag=tag, customer__in=customers.order_by().values("pk"))
    if operation is not None:
        pks = list(rows.values_list("pk", flat=True))
        remember_deleted(operation, CustomerTag, pks)
        rows = CustomerTag.objects.filter(pk__in=pks)
    count, _all = rows.delete()
    return _told(tag, "untagged", count, by=by, at=at, is_untag=True)


@transaction.atomic
def rename_tag(tag: Tag, name: str, *, colour: str, by: Actor, at: datetime) -> Tag:
    """Write a tag otherwise, or in another colour, on everybody who has it."""
    name, folded = _named(name)
    if Tag.objects.filter(folded=folded).exclude(pk=tag.pk).exists():
        raise TagRefused(
            _("There is a tag “%(name)s” already.") % {"name": name},
            _("Put the two together instead: who has either then has the one."),
        )
    tag.name, tag.folded, tag.colour = name, folded, TagColour(colour)
    tag.save(update_fields=["name", "folded", "colour"])
    audit.record("renamed", tag, by=by, at=at)
    return tag


@transaction.atomic
def merge_tags(tag: Tag, into: Tag, *, by: Actor, at: datetime) -> int:
    """Put two tags together: whoever has either has the one that stays; returns how many moved."""
    if tag.pk == into.pk:
        raise TagRefused(_("This is the same tag."), _("Choose another one."))
    has_both = CustomerTag.objects.filter(tag=into, customer=OuterRef("customer"))
    CustomerTag.objects.filter(Exists(has_both), tag=tag).delete()
    count = CustomerTag.objects.filter(tag=tag).update(tag=into)
    audit.record("merged", tag, by=by, at=at, into=into.pk, count=count)
    announce(CustomersTagged(into.pk, count), at=at)
    Tag.objects.filter(pk=tag.pk).delete()
    return count


@transaction.atomic
def delete_tag(tag: Tag, *, by: Actor, at: datetime) -> int:
    """Throw a tag away, and off everybody who has it; returns how many had it."""
    count, _all = CustomerTag.objects.filter(tag=tag).delete()
    audit.record("deleted", tag, by=by, at=at, count=count)
    announce(CustomersTagged(tag.pk, count, is_untag=True), at=at)
    Tag.objects.filter(pk=tag.pk).delete()
    return count


def _named(name: str) -> tuple[str, str]:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_TAG:
        raise TagRefused(
            _("A tag is one to %(most)s signs long.") % {"most": LONGEST_TAG},
            _("Choose a word or two."),
        )
    return name, folded_name(name)[:LONGEST_TAG]


def _told(
    tag: Tag, verb: str, count: int, *, by: Actor, at: datetime, is_untag: bool = False
) -> int:
    if count:
        audit.record(verb, tag, by=by, at=at, count=count)
        announce(CustomersTagged(tag.pk, count, is_untag=is_untag), at=at)
    return count
