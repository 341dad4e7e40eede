"""A decision that was written down is never rewritten, whoever tries (RELIABILITY C3)."""

from django.db import migrations

# A member who leaves the database leaves no name behind; nothing else of a decision changes.
KEPT = ("id", "customer_id", "channel", "purpose", "decision", "source", "wording", "proof",
        "happened_at", "recorded_at")  # fmt: skip

SQLITE = f"""
CREATE TRIGGER consent_event_kept BEFORE UPDATE ON consent_consentevent
WHEN NEW.recorded_by_id IS NOT NULL
  OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)}
BEGIN SELECT RAISE(ABORT, 'a decision about consent is never changed'); END
"""
POSTGRESQL = f"""
CREATE FUNCTION consent_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a decision about consent is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER consent_event_kept BEFORE UPDATE ON consent_consentevent FOR EACH ROW
WHEN (NEW.recorded_by_id IS NOT NULL
  OR {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)})
EXECUTE FUNCTION consent_event_kept()
"""


def keep(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE)


def let_go(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER consent_event_kept ON consent_consentevent")
        schema_editor.execute("DROP FUNCTION consent_event_kept()")
    else:
        schema_editor.execute("DROP TRIGGER consent_event_kept")


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_carrying_messages")]

    operations = [migrations.RunPython(keep, let_go)]
