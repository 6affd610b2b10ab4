"""A version of a calendar never changes: what was counted in it can be counted again."""

from django.db import migrations

# The author may be forgotten; nothing else of a version may.
IMMUTABLE = """
CREATE FUNCTION calendars_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.created_by_id IS NULL
        AND (NEW.id, NEW.calendar_id, NEW.spec, NEW.sha256, NEW.valid_from)
            IS NOT DISTINCT FROM (OLD.id, OLD.calendar_id, OLD.spec, OLD.sha256, OLD.valid_from)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of a calendar never changes';
END $$;
CREATE TRIGGER calendars_version_immutable BEFORE UPDATE OR DELETE ON calendars_calendarversion
    FOR EACH ROW EXECUTE FUNCTION calendars_version_immutable();
"""
IMMUTABLE_BACK = """
DROP TRIGGER calendars_version_immutable ON calendars_calendarversion;
DROP FUNCTION calendars_version_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]

    operations = [migrations.RunSQL(IMMUTABLE, IMMUTABLE_BACK)]
