"""Ledgers and versions never change: the database refuses it (sla.md 5)."""

from django.db import migrations

# A row may go only together with its ticket, when retention or a test removes it.
APPEND_ONLY = """
CREATE FUNCTION sla_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('helpdesk.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER sla_clockentry_append_only BEFORE UPDATE OR DELETE ON sla_clockentry
    FOR EACH ROW EXECUTE FUNCTION sla_append_only();
CREATE TRIGGER sla_policysetversion_append_only BEFORE UPDATE OR DELETE ON sla_policysetversion
    FOR EACH ROW EXECUTE FUNCTION sla_append_only();
"""
BACK = """
DROP TRIGGER sla_clockentry_append_only ON sla_clockentry;
DROP TRIGGER sla_policysetversion_append_only ON sla_policysetversion;
DROP FUNCTION sla_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, BACK)]
