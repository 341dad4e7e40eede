"""Random sequences of what can be undone: done in turn, undone in turn, the same database again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState, Suppression
from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.actions.bulk import begin_bulk_change, bulk_step
from regulars.customers.actions.leaving import delete_customers
from regulars.customers.actions.merging import merge_customers, unmerge_customers
from regulars.customers.models import Customer, Tag
from regulars.intake import actions as imports
from regulars.intake.models import Import
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_household, make_reference
from tests.factories.digests import digests
from tests.factories.intake import bring
from tests.factories.orders import make_order
from tests.factories.team import make_member

GIVEN, FAMILY = "Ruth Ada Bea Cleo Dörte 李".split(), "Calloway O'Neill Lindqvist Moor".split()
CHANNELS = ("email", "phone")
WORDS, POLICIES = ("", "rye", "rye;trade", "oats"), ("append", "fill", "overwrite", "ignore")
NOTES = ("", "rye", "=1+1", 'a "quoted", thing', "👩‍🌾 naïve", "0042", "null")
Undo = Callable[[datetime], object]
# How open somebody stands to being written to: undoing may never leave them more open.
OPENNESS = {Decision.WITHDRAWN: 0, Decision.CLAIMED: 1, Decision.GRANTED: 2}


class World:
    """A small list, the chance that decides, and the ways back."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.chance, self.at, self.ways_back = Random(seed), at, list[tuple[dict[str, str], Undo]]()
        self.told: list[str] = []
        self.member = Member.objects.filter(role="manager").first() or make_member("manager")
        self.tag = Tag.objects.create(name="trade", folded="trade", created_at=at)
        people = [make_customer(*self._named(n)) for n in range(self.chance.randint(1, 5))]
        make_household(*people[:2])
        make_reference(people[0], value="1")
        make_order(people[-1], at.date())

    def _named(self, number: int) -> tuple[str]:
        return (f"{self.chance.choice(GIVEN)} {self.chance.choice(FAMILY)} {number}",)

    def run(self, length: int) -> None:
        """Do some things in turn, each of them remembered with what there was before it."""
        doings = (self.list_in, self.list_in, self.orders_in, self.bulk, self.merge, self.delete)
        for _step in range(length):
            self.at += timedelta(minutes=7)
            held = digests()
            doing = self.chance.choice(doings)
            way_back = doing()
            self.told.append(doing.__name__)
            if way_back is not None:
                self.ways_back.append((held, way_back))

    def undo_all(self) -> None:
        """Undo the last first; after each there is what there was before it, and nothing else."""
        while self.ways_back:
            held, way_back = self.ways_back.pop()
            open_to_us, closed = openness(), set(Suppression.objects.values_list("pk", flat=True))
            self.at += timedelta(minutes=7)
            way_back(self.at)
            now = digests()
            assert {name for name in held if held[name] != now[name]} == set(), self.told
            after = openness()
            assert all(after[key] <= open_to_us.get(key, 1) for key in after)
            assert closed <= set(Suppression.objects.values_list("pk", flat=True))

    # What can be done

    def list_in(self) -> Undo:
        rows = [
            "id,Name,Email,Phone,City,Note,Tags,Interests,newsletter,consent source,consent date"
        ]
        for _row in range(self.chance.randint(1, 3)):
            number, name = self.chance.randint(1, 9), self._named(self.chance.randint(0, 5))[0]
            said = self.chance.choice(("", "no", "yes,shop,2026-01-03", "yes"))
            rows.append(
                f"{number},{name},{self._mail()},{self._phone()},York,"
                f'"{self.chance.choice(NOTES).replace(chr(34), chr(34) * 2)}",'
                f"{self.chance.choice(WORDS)},{self.chance.choice(WORDS)},{said}"
            )
        policies = {name: self.chance.choice(POLICIES) for name in ("tags", "interests")}
        clear = [name for name in policies if self.chance.random() < 0.3]
        mapping = {"policies": policies, "clear": clear}
        return self._back_of(self._brought("customers", rows, mapping=mapping))

    def orders_in(self) -> Undo:
        rows = ["Receipt,Date,Customer ID,Total"] + [
            f"{self.chance.randint(1, 6)},2026-11-0{self.chance.randint(1, 9)},"
            f"{self.chance.randint(1, 12)},{self.chance.randint(1, 900)}.50"
            for _row in range(self.chance.randint(1, 3))
        ]
        return self._back_of(self._brought("orders", rows))

    def _mail(self) -> str:
        return f"mail{self.chance.randint(1, 6)}@example.com" if self.chance.random() < 0.6 else ""

    def _phone(self) -> str:
        return f"020 7946 001{self.chance.randint(1, 6)}" if self.chance.random() < 0.6 else ""

    def _brought(self, kind: str, rows: list[str], **more: Any) -> int:
        return int(bring(kind, "\n".join(rows) + "\n", source="till", at=self.at, **more).pk)

    def _back_of(self, number: int) -> Undo:
        def undo(at: datetime) -> None:
            imports.undo_now(Import.objects.get(pk=number), by=COMMAND, at=at)
            jobs.run_now("consent.lower_after_undo", at=at, import_id=number)

        return undo

    def bulk(self) -> Undo:
        what, value = self.chance.choice((
            ("manager", str(self.member.pk)), ("manager", "none"), ("tag", str(self.tag.pk)),
            ("untag", str(self.tag.pk)), ("kind", "organisation"), ("archive", ""),
        ))  # fmt: skip
        meant = Customer.objects.on_the_list().filter(pk__in=self._some())
        change = begin_bulk_change(
            what, value, selection={}, total=meant.count(), by=COMMAND, at=self.at
        )
        while bulk_step(change, meant, at=self.at):
            pass
        return lambda at: undo_now(Operation.objects.get(pk=change.operation_id), by=COMMAND, at=at)

    def merge(self) -> Undo | None:
        there = list(Customer.objects.on_the_list().order_by("pk"))
        if len(there) < 2:
            return None
        survivor, merged = self.chance.sample(there, 2)
        try:
            merge = merge_customers(survivor, merged, by=COMMAND, at=self.at)
        except Refusal:
            return None
        return lambda at: unmerge_customers(merge, by=COMMAND, at=at)

    def delete(self) -> Undo:
        chosen = Customer.objects.filter(pk__in=self._some())
        done = delete_customers(chosen, by=COMMAND, at=self.at)
        return lambda at: undo_now(done, by=COMMAND, at=at)

    def _some(self) -> list[int]:
        ids = sorted(Customer.objects.still_there().values_list("pk", flat=True))
        return self.chance.sample(ids, self.chance.randint(0, len(ids)))


def openness() -> dict[tuple[int, str, str], int]:
    rows = ConsentState.objects.values_list("customer_id", "channel", "purpose", "decision")
    return {(pk, channel, of): OPENNESS[Decision(stands)] for pk, channel, of, stands in rows}


def do_and_undo(seed: int, at: datetime) -> None:
    """One sequence."""
    world = World(seed, at)
    world.run(world.chance.randint(1, 5))
    world.undo_all()
