"""The shipped vocabulary: statuses of R14, priorities of R15, services of R16."""

from __future__ import annotations

from typing import Any

STATUSES: list[dict[str, Any]] = [
    {
        "slug": "new",
        "name": "New",
        "kind": "new",
        "color": "#2563eb",
        "meaning": "Received, nobody has picked it up yet",
        "customer_label": "We have received it",
    },
    {
        "slug": "progress",
        "name": "In Progress",
        "kind": "open",
        "color": "#d9590b",
        "meaning": "Picked up, somebody is investigating",
        "customer_label": "We are working on it",
    },
    {
        "slug": "answered",
        "name": "Answered",
        "kind": "waiting_customer",
        "color": "#5f9110",
        "meaning": "Replied, awaiting the customer",
        "customer_label": "Your turn",
        "pauses_sla": ["resolution", "update"],
        "is_after_reply": True,
    },
    {
        "slug": "hold",
        "name": "On Hold",
        "kind": "waiting_third_party",
        "color": "#66748a",
        "meaning": "Awaiting third parties",
        "customer_label": "We are waiting for somebody else",
        "pauses_sla": ["resolution", "update"],
    },
    {
        "slug": "escalated",
        "name": "Escalated",
        "kind": "escalated",
        "color": "#d3281f",
        "meaning": "Escalated to the second level or another department",
        "customer_label": "A specialist is working on it",
    },
    {
        "slug": "closed",
        "name": "Closed",
        "kind": "closed",
        "color": "#0f8a57",
        "meaning": "Resolved and closed",
        "customer_label": "Solved",
    },
]

PRIORITIES: list[dict[str, Any]] = [
    {
        "slug": "urgent",
        "name": "Urgent",
        "rank": 1,
        "color": "#c62a21",
        "definition": "Complete unavailability, production impact",
    },
    {
        "slug": "high",
        "name": "High",
        "rank": 2,
        "color": "#c2570c",
        "definition": "Major functionality affected",
    },
    {
        "slug": "medium",
        "name": "Medium",
        "rank": 3,
        "color": "#1b5fc9",
        "definition": "Functional issue with a workaround",
        "is_default": True,
    },
    {
        "slug": "low",
        "name": "Low",
        "rank": 4,
        "color": "#66748a",
        "definition": "Question, information request",
    },
]

SERVICES: list[tuple[str, str]] = [
    ("account-access", "Account & Access"),
    ("billing", "Billing"),
    ("orders-delivery", "Orders & Delivery"),
    ("bug", "Bug / Technical Error"),
    ("feature-request", "Feature Request"),
    ("onboarding", "Onboarding"),
    ("contracts", "Contracts"),
    ("other", "Other"),
]
