"""The last visit, call or note of each customer, from the touches that stand."""

from typing import Any

from django.db import migrations

FILL = """
UPDATE conversations_clock SET last_personal_at = (
  SELECT max(t.happened_at) FROM conversations_touch t
  WHERE t.customer_id = conversations_clock.customer_id AND t.taken_back_at IS NULL
    AND t.outcome <> 'no_answer' AND t.channel IN ('visit', 'call', 'note')
)
"""


def fill(_apps: Any, editor: Any) -> None:
    editor.execute(FILL)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_the_last_personal_touch")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
