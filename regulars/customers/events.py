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
