"""Addresses of mail: ledger, outbox, spam list."""

from __future__ import annotations

from django.urls import include, path

from mailpipe import tables
from mailpipe.views import inbound, outbox

own_patterns = [
    path("admin/mail/inbound", inbound.ledger, name="ledger"),
    path("admin/mail/inbound/<int:pk>", inbound.mail, name="inbound_mail"),
    path("admin/mail/inbound/<int:pk>/raw", inbound.raw, name="inbound_raw"),
    path("admin/mail/inbound/<int:pk>/decision", inbound.act, name="inbound_decision"),
    path("admin/mail/outbox", outbox.outbox, name="outbox"),
    path("admin/mail/outbox/retry", outbox.retry_all, name="retry_all"),
    path("admin/mail/outbox/<int:pk>", outbox.mail, name="outgoing_mail"),
    path("admin/mail/outbox/<int:pk>/frame", outbox.frame, name="outgoing_frame"),
    path("admin/mail/outbox/<int:pk>/decision", outbox.act, name="outgoing_decision"),
]
urlpatterns = [path("", include((own_patterns, "mailpipe"))), *tables.spam_filters.urls()]
