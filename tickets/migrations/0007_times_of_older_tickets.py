"""Tickets that were there before get the times that time triggers ask for, from their history."""

from django.db import migrations

# The last change of the status, the last human message, since when nobody has it.
FILL = """
UPDATE tickets_ticket t SET
    status_since = COALESCE((
        SELECT max(e.at) FROM tickets_event e
        WHERE e.ticket_id = t.id AND e.data -> 'changes' -> 'status' IS NOT NULL
    ), t.created_at),
    last_human_at = (
        SELECT max(m.created_at) FROM tickets_message m
        WHERE m.ticket_id = t.id AND m.kind <> 'note' AND NOT m.is_automatic AND NOT m.is_held
    ),
    unassigned_since = CASE WHEN t.is_open AND t.assignee_id IS NULL THEN COALESCE((
        SELECT max(e.at) FROM tickets_event e
        WHERE e.ticket_id = t.id
          AND (e.data -> 'changes' -> 'assignee' IS NOT NULL OR e.kind IN ('reopened', 'unmarked_spam'))
    ), t.created_at) END
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_escalation_and_work")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
