"""Words that stand in exactly one place of the stage."""

from __future__ import annotations

from tests.security.stage_warranty import CANARIES as CANARIES_OF_WARRANTY
from tests.security.stage_work import CANARIES as CANARIES_OF_WORK

# Words that stand in exactly one place each; whoever reads one where it must not be has a leak.
CANARIES = {
    "note": "canary-note-7f3a",
    "note_file": "canary-file-of-note-19bc.txt",
    "event": "canary-event-52de",
    "draft": "canary-draft-c0fe",
    "held": "canary-held-88a1",
    "held_file": "canary-file-of-held-4d2e.txt",
    "tag": "canary-tag-33f0",
    "customer_notes": "canary-customer-notes-91cc",
    "organisation_notes": "canary-organisation-notes-6b7d",
    "agent_email": "ada@company.example",
    "task": "canary-task-77b1",
    **CANARIES_OF_WORK,
    **CANARIES_OF_WARRANTY,
    "reminder": "canary-reminder-0d4c",
    "foreign": "canary-foreign-ticket-e5e5",
    "view": "canary-view-2a6b",
    "custom": "canary-custom-field-8e1f",
    "record": "canary-record-5d1c",
}
