"""The history gives up redacted words, never who, what and when; it knows what was sent again."""

from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION tickets_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('helpdesk.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    %s
    RAISE EXCEPTION 'the history of a ticket is append-only';
END $$;
"""
# Of a row only the reason somebody gave may be blanked; all else must be as it was.
REDACTING = """
    IF TG_OP = 'UPDATE' AND current_setting('helpdesk.redacting', true) = 'on'
        AND to_jsonb(NEW) = jsonb_set(to_jsonb(OLD), '{data,reason}', '""', false)
    THEN
        RETURN NEW;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0025_open_clocks")]

    operations = [
        migrations.RunSQL(FUNCTION % REDACTING, FUNCTION % ""),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("message_received", "message received"),
                    ("replied", "replied"),
                    ("note_added", "note added"),
                    ("changed", "changed"),
                    ("closed", "closed"),
                    ("reopened", "reopened"),
                    ("marked_spam", "marked as spam"),
                    ("unmarked_spam", "marked as no spam"),
                    ("tagged", "tags changed"),
                    ("followers_changed", "followers changed"),
                    ("linked", "linked"),
                    ("delivery_failed", "delivery failed"),
                    ("reply_withdrawn", "reply withdrawn"),
                    ("sent_again", "sent again"),
                    ("released", "message approved"),
                    ("deleted", "deleted"),
                    ("merged", "merged"),
                    ("escalated", "escalated"),
                    ("deescalated", "no longer escalated"),
                    ("snoozed", "snoozed"),
                    ("woken", "back in the queue"),
                    ("unpinned", "hand-over note unpinned"),
                    ("task_changed", "task changed"),
                    ("watchers_changed", "watchers changed"),
                    ("merged_in", "another ticket merged in"),
                    ("unmerged", "merge undone"),
                    ("parted", "a merged ticket went out again"),
                    ("split", "split"),
                    ("unlinked", "link removed"),
                    ("incident", "incident"),
                    ("promise", "promise"),
                    ("reply_scheduled", "scheduled reply"),
                    ("forwarded", "forwarded"),
                    ("forward_withdrawn", "forward withdrawn"),
                    ("redacted", "redacted"),
                    ("appointment_changed", "appointment changed"),
                    ("time_changed", "time changed"),
                    ("asset_changed", "asset changed"),
                    ("claim_changed", "warranty claim changed"),
                ],
                max_length=20,
            ),
        ),
    ]
