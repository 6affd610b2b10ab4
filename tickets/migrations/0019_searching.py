from __future__ import annotations

from django.db import migrations, models

# Names are found by parts and in spite of slips where the database has pg_trgm and lets us create
# it (a trusted extension: whoever owns the database may). Elsewhere everything still migrates, and
# names are compared by the program (customers/finding.py). upper(), for that is what icontains asks.
CREATE_TRIGRAMS = """
DO $$ BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'pg_trgm is not to be had: %', SQLERRM;
    END;
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX customer_name_trigrams
            ON customers_customer USING gin (upper(name) gin_trgm_ops);
        CREATE INDEX organisation_name_trigrams
            ON customers_organisation USING gin (upper(name) gin_trgm_ops);
    END IF;
END $$
"""
# The extension stays: somebody else may use it by now.
DROP_TRIGRAMS = """
DROP INDEX IF EXISTS customer_name_trigrams;
DROP INDEX IF EXISTS organisation_name_trigrams;
"""
# Files that came before are read as well, the newest first; documents learn their names at once.
READ_EARLIER_FILES = """
INSERT INTO tickets_attachmenttext (sha256, kind, state, text, attempts, error, due_at)
SELECT sha256, kind, 'waiting', '', 0, '', now() FROM (
    SELECT sha256, max(CASE
        WHEN lower(filename) ~ '[.]pdf$' THEN 'pdf'
        WHEN lower(filename) ~ '[.](docx|xlsx|pptx|odt|ods|odp)$' THEN 'office'
        WHEN lower(filename) ~ '[.]html?$' THEN 'html'
        WHEN lower(filename) ~ '[.](txt|log|csv|tsv|md|ics|vcf|json|xml|yaml|yml|eml)$' THEN 'plain'
    END) AS kind
    FROM tickets_attachment WHERE redacted_at IS NULL AND size <= 20971520 GROUP BY sha256
) known WHERE kind IS NOT NULL
ON CONFLICT DO NOTHING;
UPDATE tickets_searchdocument SET is_stale = true
WHERE ticket_id IN (SELECT ticket_id FROM tickets_attachment WHERE redacted_at IS NULL);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0018_warranty_claims"),
        ("customers", "0004_assets_and_contracts"),
    ]
    operations = [
        migrations.CreateModel(
            name="AttachmentText",
            fields=[
                (
                    "sha256",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("read", "Read"),
                            ("failed", "Not readable"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=200)),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="attachment_text_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "failed")),
                        fields=["due_at"],
                        name="attachment_text_failed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE_TRIGRAMS, DROP_TRIGRAMS),
        migrations.RunSQL(READ_EARLIER_FILES, migrations.RunSQL.noop),
    ]
