"""The history gives up redacted words, and nothing but them: who, what and when never change."""

from django.db import migrations

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

    operations = [migrations.RunSQL(FUNCTION % REDACTING, FUNCTION % "")]
