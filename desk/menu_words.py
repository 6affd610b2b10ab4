"""What the users' own handbooks call our pages, so that the palette finds them (R179)."""

from __future__ import annotations

from typing import Final

# Key of a NavItem: words of the seeds' menus. They are what people type, so never translated.
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "desk.queue": ("Operations Tickets", "Support Tickets"),
    "desk.tasks": ("Operations Tasks",),
    "desk.appointments": ("Operations Appointly",),
    "desk.clients": ("CRM Clients",),
    "statuses": ("Operations Statuses",),
    "priorities": ("Operations Priorities",),
    "services": ("Operations Services",),
    "predefined_replies": ("Operations Predefined Replies", "Support Canned Responses"),
    "accounts:staff": ("Users Agents", "Admin Panel Users"),
    "company": ("Admin Panel Support Configuration", "Security IP Restrictions"),
    "departments": ("Email Settings Ticket Creation",),
    "mailpipe:ledger": ("Email Settings",),
    "spam_filters": ("Marketing Spam Filters",),
    "announcements": ("Marketing Announcements",),
    "sla_policies": ("Support SLA Policies",),
    "assignment_rules": ("Support Assignment Rules", "Automation Assignment Rules"),
    "automations": ("Integrations Automation",),
    "rule_runs": ("Logs Assignment",),
    "custom_fields": ("Settings Custom Fields",),
    "integrations": ("Integrations Slack SMS PagerDuty",),
}


def also_called(key: str) -> tuple[str, ...]:
    """Other words for the page of a NavItem."""
    return _WORDS.get(key, ())
