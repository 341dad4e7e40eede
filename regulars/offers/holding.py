"""What the database itself holds to, whoever writes: the action, an import, somebody at a prompt.

SQLite loses triggers where a migration makes a table anew: such a migration ends with `put_up`.
Moments of SQLite are texts of one form in UTC, which compare as moments do.
"""

from typing import Any

# An offer is used within its wave, by somebody whom the wave means, as often as they may.
EARLY = "offers: not within its wave, or not theirs"
OFTEN = "offers: used as often as it may be"
KEPT = "offers: what was used stays as it was written down"
MOVED = "offers: a wave that was used does not move behind what was used"

_WITHIN = """
SELECT 1 FROM offers_wave w JOIN offers_offer o ON o.id = w.offer_id
WHERE w.id = NEW.wave_id AND w.offer_id = NEW.offer_id
  AND o.planned_at IS NOT NULL AND o.planned_at <= NEW.used_at
  AND (o.ended_at IS NULL OR NEW.used_at < o.ended_at)
  AND w.opens_at <= NEW.used_at AND NEW.used_at < w.closes_at
  AND (w.is_public OR EXISTS (
    SELECT 1 FROM offers_chosen m WHERE m.customer_id = NEW.customer_id
      AND m.offer_id = NEW.offer_id AND m.wave_id = w.id AND m.since_at <= NEW.used_at))
"""
_AGAIN = """
SELECT 1 FROM offers_offer o WHERE o.id = NEW.offer_id AND o.uses <= (
  SELECT count(*) FROM offers_redemption r WHERE r.customer_id = NEW.customer_id
    AND r.offer_id = NEW.offer_id AND r.taken_back_at IS NULL)
"""
_FIXED = ("offer_id", "wave_id", "used_at", "is_held", "slip", "recorded_at")
_TAKES = """
UPDATE offers_wave SET held_left = held_left {sign} 1 WHERE id = {row}.wave_id AND {row}.is_held;
UPDATE offers_offer SET common_left = common_left {sign} 1
  WHERE id = {row}.offer_id AND NOT {row}.is_held AND common_left IS NOT NULL;
UPDATE offers_code SET uses_left = uses_left {sign} 1
  WHERE id = {row}.code_id AND uses_left IS NOT NULL;
"""
_USED_BEFORE = (
    "EXISTS (SELECT 1 FROM offers_redemption r WHERE r.wave_id = OLD.id"
    " AND r.taken_back_at IS NULL AND r.used_at < NEW.opens_at)"
)

SQLITE = (
    f"""CREATE TRIGGER offers_within BEFORE INSERT ON offers_redemption
    WHEN NOT EXISTS ({_WITHIN}) BEGIN SELECT RAISE(ABORT, '{EARLY}'); END""",
    f"""CREATE TRIGGER offers_often BEFORE INSERT ON offers_redemption
    WHEN EXISTS ({_AGAIN}) BEGIN SELECT RAISE(ABORT, '{OFTEN}'); END""",
    f"""CREATE TRIGGER offers_takes AFTER INSERT ON offers_redemption
    WHEN NEW.taken_back_at IS NULL BEGIN {_TAKES.format(sign="-", row="NEW")} END""",
    f"""CREATE TRIGGER offers_gives_back AFTER UPDATE OF taken_back_at ON offers_redemption
    WHEN OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL
    BEGIN {_TAKES.format(sign="+", row="NEW")} END""",
    # A row that goes as a whole, such as one of an import that is undone, was no use.
    f"""CREATE TRIGGER offers_gone AFTER DELETE ON offers_redemption
    WHEN OLD.taken_back_at IS NULL BEGIN {_TAKES.format(sign="+", row="OLD")} END""",
    f"""CREATE TRIGGER offers_kept BEFORE UPDATE ON offers_redemption
    WHEN {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED)}
      OR (OLD.taken_back_at IS NOT NULL AND NEW.taken_back_at IS NULL)
      OR (NEW.code_id IS NOT NULL AND NEW.code_id IS NOT OLD.code_id)
    BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER offers_wave_stays BEFORE UPDATE OF opens_at ON offers_wave
    WHEN {_USED_BEFORE} BEGIN SELECT RAISE(ABORT, '{MOVED}'); END""",
)

_RAISE = "RAISE EXCEPTION '{}' USING ERRCODE = 'integrity_constraint_violation';"
POSTGRESQL = (
    f"""CREATE FUNCTION offers_within() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS ({_WITHIN}) THEN {_RAISE.format(EARLY)} END IF;
    IF EXISTS ({_AGAIN}) THEN {_RAISE.format(OFTEN)} END IF;
    RETURN NEW; END $$;
    CREATE TRIGGER offers_within BEFORE INSERT ON offers_redemption
    FOR EACH ROW EXECUTE FUNCTION offers_within()""",
    f"""CREATE FUNCTION offers_takes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    {_TAKES.format(sign="-", row="NEW")} RETURN NULL; END $$;
    CREATE TRIGGER offers_takes AFTER INSERT ON offers_redemption
    FOR EACH ROW WHEN (NEW.taken_back_at IS NULL) EXECUTE FUNCTION offers_takes()""",
    f"""CREATE FUNCTION offers_gives_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    {_TAKES.format(sign="+", row="NEW")} RETURN NULL; END $$;
    CREATE TRIGGER offers_gives_back AFTER UPDATE OF taken_back_at ON offers_redemption
    FOR EACH ROW WHEN (OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL)
    EXECUTE FUNCTION offers_gives_back()""",
    f"""CREATE FUNCTION offers_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    {_TAKES.format(sign="+", row="OLD")} RETURN NULL; END $$;
    CREATE TRIGGER offers_gone AFTER DELETE ON offers_redemption
    FOR EACH ROW WHEN (OLD.taken_back_at IS NULL) EXECUTE FUNCTION offers_gone()""",
    f"""CREATE FUNCTION offers_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    {_RAISE.format(KEPT)} END $$;
    CREATE TRIGGER offers_kept BEFORE UPDATE ON offers_redemption FOR EACH ROW WHEN (
    {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)}
      OR (OLD.taken_back_at IS NOT NULL AND NEW.taken_back_at IS NULL)
      OR (NEW.code_id IS NOT NULL AND NEW.code_id IS DISTINCT FROM OLD.code_id))
    EXECUTE FUNCTION offers_kept()""",
    f"""CREATE FUNCTION offers_wave_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_USED_BEFORE} THEN {_RAISE.format(MOVED)} END IF;
    RETURN NEW; END $$;
    CREATE TRIGGER offers_wave_stays BEFORE UPDATE OF opens_at ON offers_wave
    FOR EACH ROW EXECUTE FUNCTION offers_wave_stays()""",
)
NAMES = {
    "offers_redemption": ("within", "often", "takes", "gives_back", "gone", "kept"),
    "offers_wave": ("wave_stays",),
}


def put_up(_apps: Any, editor: Any) -> None:
    """Have the database hold to it; as the operation of a migration."""
    is_postgresql = editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if is_postgresql else SQLITE:
        editor.execute(statement)


def take_down(_apps: Any, editor: Any) -> None:
    """Before the tables go, or are made anew."""
    is_postgresql = editor.connection.vendor == "postgresql"
    for table, names in NAMES.items():
        for name in names:
            on = f" ON {table}" if is_postgresql else ""
            editor.execute(f"DROP TRIGGER IF EXISTS offers_{name}{on}")
            if is_postgresql:
                editor.execute(f"DROP FUNCTION IF EXISTS offers_{name}()")
