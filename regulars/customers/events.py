"""Facts that the list of customers announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerAdded:
    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """Name, words about them, or a way to reach them."""

    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomerArchived:
    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomerRestored:
    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomersAssigned:
    """One fact for a whole selection; the rows stand in `customers.ManagerChange`."""

    assignment_id: int
    to_member_id: int | None
    count: int
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class CustomersTagged:
    """One fact for a whole selection; `is_untag` when the tag was taken off."""

    tag_id: int
    count: int
    is_untag: bool = False


@dataclass(frozen=True, slots=True)
class CustomValuesSet:
    """One fact for a whole selection."""

    field_id: int
    count: int


@dataclass(frozen=True, slots=True)
class CustomFieldsChanged:
    """A field of the business's own was added, changed, archived or put back."""

    field_id: int


@dataclass(frozen=True, slots=True)
class CustomersRelated:
    """Two customers stand to each other, or no longer do."""

    of_id: int
    to_id: int
    kind: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Everything of the merged one is the survivor's from now on."""

    merge_id: int
    survivor_id: int
    merged_id: int


@dataclass(frozen=True, slots=True)
class CustomersUnmerged:
    """Both are on the list again, each with what was theirs."""

    merge_id: int
    survivor_id: int
    merged_id: int


@dataclass(frozen=True, slots=True)
class DuplicatesFound:
    """The whole list was looked through: how many pairs wait, and how many were merged."""

    open_count: int
    merged_count: int


@dataclass(frozen=True, slots=True)
class CustomersChangedTogether:
    """One fact for a whole selection; the row `customers.BulkChange` says what and for whom."""

    bulk_change_id: int
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class CustomersDeleted:
    """One fact for a whole selection; the rows stand in the operation."""

    operation_id: int
    count: int


@dataclass(frozen=True, slots=True)
class CustomerErased:
    """Forgotten for good: whoever holds something of them elsewhere forgets it too."""

    customer_id: int
