"""Addresses of the ground floor."""

from __future__ import annotations

from django.urls import path

from core import audit_log, gallery, health, job_pages, system, theme

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("theme.<slug:digest>.css", theme.theme, name="theme"),
    path("ui", gallery.gallery, name="gallery"),
    path("admin/audit_log", audit_log.audit_log, name="audit_log"),
    path("admin/audit_log/export", audit_log.export, name="audit_log_export"),
    path("admin/system", system.system, name="system"),
    path("admin/jobs/<int:pk>", job_pages.job, name="job"),
    path("admin/jobs/<int:pk>/cancellation", job_pages.cancellation, name="job_cancellation"),
]
