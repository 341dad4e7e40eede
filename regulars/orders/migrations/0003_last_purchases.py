"""Those whose orders came in before anybody kept when they last bought."""

from django.db import migrations

NOTE = """
WITH bought AS (
  SELECT customer_id, max(placed_on) AS last_on, max(placed_at) AS at
  FROM orders_order WHERE kind = 'sale' AND customer_id IS NOT NULL GROUP BY customer_id
)
INSERT INTO consent_wish
  (customer_id, time_zone, zone_source, channel, topics, last_purchase_on, changed_at)
SELECT customer_id, '', '', '', '[]', last_on, at FROM bought WHERE TRUE
ON CONFLICT (customer_id) DO UPDATE SET last_purchase_on = excluded.last_purchase_on
"""


def note(apps, schema_editor):
    schema_editor.execute(NOTE)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_stagedline_order_minor"),
        ("consent", "0003_events_are_kept"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
