"""What Django's models cannot say: the number sequence, the append-only history, storage of hot rows."""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE tickets_number START 1001"

# TRUNCATE and cascades of a whole ticket stay possible for retention and tests:
# a row may go only together with its ticket, and never changes.
APPEND_ONLY = """
CREATE FUNCTION tickets_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('helpdesk.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the history of a ticket is append-only';
END $$;
CREATE TRIGGER tickets_event_append_only BEFORE UPDATE OR DELETE ON tickets_event
    FOR EACH ROW EXECUTE FUNCTION tickets_event_append_only();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER tickets_event_append_only ON tickets_event;
DROP FUNCTION tickets_event_append_only();
"""

# Index-only scans of the queue need a fresh visibility map; free room on the page keeps
# updates of the hot columns from moving rows (performance.md 4a).
STORAGE = """
ALTER TABLE tickets_ticket SET (
    fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02
);
ALTER TABLE tickets_searchdocument ALTER COLUMN vector SET STATISTICS 5000;
"""
STORAGE_BACK = """
ALTER TABLE tickets_ticket RESET (
    fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor
);
ALTER TABLE tickets_searchdocument ALTER COLUMN vector SET STATISTICS -1;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE tickets_number"),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(STORAGE, STORAGE_BACK),
    ]
