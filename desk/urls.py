"""Addresses of the agents' surface (screens.md 12)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from desk.client_file import PARTS
from desk.views import (
    activity,
    appointments,
    assets,
    assignment,
    bulk,
    claims,
    client_file,
    clients,
    custom_fields,
    details,
    emergency,
    escalations,
    home,
    linking,
    macros,
    merging,
    message_steps,
    messages,
    opening,
    palette,
    picker,
    promises,
    properties,
    queue,
    records,
    rules,
    saved_views,
    search,
    splitting,
    steps,
    ticket,
    time,
    time_entries,
    work,
    writing,
)

app_name = "desk"

_message = [
    path("frame", details.message_frame, name="message_frame"),
    path("raw", details.message_raw, name="message_raw"),
    path("download", details.message_download, name="message_download"),
    path("delivery", messages.message_delivery, name="message_delivery"),
    path("withdrawal", messages.message_withdrawal, name="message_withdrawal"),
    path("approval", messages.message_approval, name="message_approval"),
    *(
        path(name, message_steps.message_step, {"name": name}, name=f"message_{name}")
        for name in ("forward", "redaction", "repetition")
    ),
]
_task = "/tasks/<int:pk>"
_clock = "/time/clocks/<int:pk>"
_time = [
    path("/time", time.ticket_time, name="time"),
    *(
        path(f"/time/{part}", time.ticket_decision, {"decision": decision}, name=f"time_{decision}")
        for part, decision in (
            ("exclusion", "exclusion"),
            ("exclusion/removal", "return"),
            ("policy", "policy"),
        )
    ),
    *(
        path(f"{_clock}/{part}", time.clock_decision, {"decision": part}, name=f"clock_{part}")
        for part in ("excuse", "correction")
    ),
]
_work = [
    path("/handover/removal", steps.handover_removal, name="handover_removal"),
    path("/snooze/removal", steps.ticket_waking, name="waking"),
    *(
        path(f"/{part}", steps.ticket_step, {"name": name}, name=name)
        for part, name in (
            ("escalation", "escalation"),
            ("escalation/removal", "deescalation"),
            ("snooze", "snooze"),
            ("reminders", "reminder"),
        )
    ),
    path("/reminders/<int:pk>/removal", work.reminder_removal, name="reminder_removal"),
    path("/tasks", work.ticket_tasks, name="ticket_tasks"),
    path("/tasks/templates", work.template_task, name="template_task"),
    path(_task, work.ticket_task, name="ticket_task"),
    path(f"{_task}/items", work.task_items, name="task_items"),
    path(f"{_task}/completion", work.task_completion, {"step": "done"}, name="task_done"),
    path(f"{_task}/completion/removal", work.task_completion, {"step": "open"}, name="task_open"),
    path("/watching", work.ticket_watching, {"step": "on"}, name="watching"),
    path("/watching/removal", work.ticket_watching, {"step": "off"}, name="watching_removal"),
]
_appointment = "/appointments/<int:pk>"
_appointments = [
    path("/appointments", appointments.ticket_appointments, name="ticket_appointments"),
    path("/appointments/check", appointments.appointment_check, name="appointment_check"),
    path(_appointment, appointments.appointment, name="appointment"),
    path(f"{_appointment}/completion", appointments.appointment_finish, name="appointment_finish"),
    path(
        f"{_appointment}/cancellation",
        appointments.appointment_cancellation,
        name="appointment_cancellation",
    ),
]
_time_entry = "/time_entries/<int:pk>"
_time_entries = [
    path("/time_entries", time_entries.time_entries, name="time_entries"),
    path("/time_entries/timer", time_entries.timer_start, name="timer_start"),
    path("/time_entries/timer/removal", time_entries.timer_stop, name="timer_stop"),
    path(_time_entry, time_entries.time_entry, name="time_entry"),
    path(f"{_time_entry}/removal", time_entries.time_entry_removal, name="time_entry_removal"),
]
_emergency = [
    path("/call", emergency.ticket_call, name="ticket_call"),
    path("/milestones", emergency.ticket_milestones, name="ticket_milestones"),
    path("/milestones/removal", emergency.milestones_removal, name="milestones_removal"),
    path("/milestones/<int:pk>/completion", emergency.milestone_completion, name="milestone_done"),
]
_picker = [
    path("/replies", picker.ticket_replies, name="ticket_replies"),
    path("/replies/<int:pk>", picker.ticket_reply, name="ticket_reply"),
]
_promises = [
    path("/promises", promises.ticket_promises, name="ticket_promises"),
    *(
        path(f"/promises/<int:pk>/{part}", promises.promise_step, {"step": step}, name=name)
        for part, step, name in (
            ("time", "move", "promise_time"),
            ("keeping", "keep", "promise_keeping"),
            ("removal", "withdraw", "promise_removal"),
        )
    ),
]
_automation = [
    path("/rules", rules.ticket_rules, name="ticket_rules"),
    path("/macros", macros.ticket_macros, name="ticket_macros"),
    path("/macros/<int:pk>", macros.ticket_macro, name="ticket_macro"),
    path(
        "/escalations/<int:pk>/acknowledgement",
        escalations.escalation_acknowledgement,
        name="escalation_acknowledgement",
    ),
]
_writing = [
    path("/messages", writing.ticket_messages, name="messages"),
    path("/preview", writing.message_preview, name="preview"),
    path("/draft", writing.ticket_draft, name="draft"),
    path("/draft/sharing", writing.draft_sharing, name="draft_sharing"),
    path("/drafts/<int:pk>/takeover", writing.draft_takeover, name="draft_takeover"),
    path("/scheduled/<int:pk>/edition", writing.scheduled_edition, name="scheduled_edition"),
    path("/scheduled/<int:pk>/dispatch", writing.scheduled_dispatch, name="scheduled_dispatch"),
    path("/scheduled/<int:pk>/removal", writing.scheduled_removal, name="scheduled_removal"),
]
_records = [
    path("/records", records.ticket_records, name="ticket_records"),
]
_custom_fields = [
    path("/custom_fields", custom_fields.ticket_custom_fields, name="custom_fields"),
]
_merging = [
    path("/merge", merging.ticket_merge, name="merge"),
    path("/merges/<int:pk>/removal", merging.merge_removal, name="merge_removal"),
    path("/duplicates", merging.ticket_duplicates, name="duplicates"),
    path("/duplicates/removal", merging.duplicate_removal, name="duplicate_removal"),
    path("/split", splitting.ticket_split, name="split"),
    path("/incident", linking.ticket_incident, name="incident"),
    path("/incident/declaration", linking.incident_declaration, {"step": "on"}, name="incident_on"),
    path(
        "/incident/declaration/removal",
        linking.incident_declaration,
        {"step": "off"},
        name="incident_off",
    ),
    path("/incident/updates", linking.incident_updates, name="incident_updates"),
    path("/parts", linking.ticket_parts, name="parts"),
    path("/parts/removal", linking.part_removal, name="part_removal"),
]
_warranty = [
    path("/warranty", assets.ticket_warranty, name="warranty"),
    path("/assets", assets.ticket_assets, name="ticket_assets"),
    path("/assets/<int:pk>/removal", assets.ticket_asset_removal, name="ticket_asset_removal"),
    path("/claims", claims.ticket_claims, name="ticket_claims"),
    path("/claims/<int:pk>/visit", claims.claim_visit, name="claim_visit"),
]
_assets = [
    path("admin/assets", assets.assets, name="assets"),
    path("admin/assets/add", assets.asset_add, name="asset_add"),
    path("admin/assets/<int:pk>", assets.asset, name="asset"),
    path("admin/assets/<int:pk>/edition", assets.asset_edit, name="asset_edit"),
    path("admin/warranty_claims", claims.claims, name="claims"),
    path("admin/warranty_claims/<int:pk>", claims.claim, name="claim"),
]
_life = properties.ticket_lifecycle
_ticket: list[URLPattern | URLResolver] = [
    path("", ticket.ticket, name="ticket"),
    path("/pulse", ticket.ticket_pulse, name="pulse"),
    path("/next", queue.ticket_neighbour, {"step": "next"}, name="next"),
    path("/previous", queue.ticket_neighbour, {"step": "previous"}, name="previous"),
    path("/activity", activity.ticket_activity, name="activity"),
    path("/print", activity.ticket_print, name="print"),
    path("/context", details.ticket_context, name="context"),
    path("/messages/<int:pk>/", include(_message)),
    path("/subject", properties.ticket_text, {"name": "subject"}, name="subject"),
    path("/requester", properties.ticket_text, {"name": "requester"}, name="requester"),
    *(
        path(f"/{name}", properties.ticket_property, {"name": name}, name=name)
        for name in ("status", "priority", "service")
    ),
    path("/assignment", assignment.ticket_assignment, name="assignment"),
    path("/agent", assignment.why_agent, name="why_agent"),
    path("/department", steps.ticket_department, name="department"),
    path("/closure", _life, {"step": "close"}, name="closure"),
    path("/closure/removal", _life, {"step": "reopen"}, name="reopening"),
    path("/spam", _life, {"step": "spam"}, name="spam"),
    path("/spam/removal", _life, {"step": "no_spam"}, name="spam_removal"),
    path("/deletion", properties.ticket_deletion, name="deletion"),
    path("/tags", properties.ticket_tags, name="tags"),
    path("/followers", properties.ticket_followers, name="followers"),
    path("/followers/<int:pk>/removal", properties.follower_removal, name="follower_removal"),
    path("/links", properties.ticket_links, name="links"),
    *_writing,
    *_time,
    *_work,
    *_appointments,
    *_time_entries,
    *_emergency,
    *_automation,
    *_picker,
    *_promises,
    *_custom_fields,
    *_records,
    *_merging,
    *_warranty,
]
_client: list[URLPattern | URLResolver] = [
    path("", clients.client, name="client"),
    path("/profile", clients.client_profile, name="client_profile"),
    path("/addresses", clients.client_addresses, name="client_addresses"),
    path("/addresses/<int:address_pk>/removal", clients.address_removal, name="address_removal"),
    path("/merge", clients.client_merge, name="client_merge"),
    *(
        path(f"/{part}", client_file.client_part, {"part": part}, name=f"client_{part}")
        for part in filter(None, PARTS)
    ),
    path("/notes/add", client_file.client_notes, name="client_note_add"),
    *(
        path(f"/notes/<int:note_pk>/{part}", client_file.note_step, {"step": step}, name=name)
        for part, step, name in (
            ("pin", "pin", "client_note_pin"),
            ("pin/removal", "unpin", "client_note_unpin"),
            ("removal", "removal", "client_note_removal"),
        )
    ),
]
_bulk = [
    path("admin/tickets/bulk", bulk.tickets_bulk, name="tickets_bulk"),
    path("admin/tickets/bulk/<int:pk>", bulk.bulk_result, name="bulk_result"),
    path("admin/tickets/bulk/<int:pk>/undo", bulk.bulk_undo, name="bulk_undo"),
]
_views = [
    path("admin/tickets/views", saved_views.saved_views, name="saved_views"),
    path("admin/tickets/views/add", saved_views.saved_view_add, name="saved_view_add"),
    path("admin/tickets/views/tabs", saved_views.view_tabs, name="view_tabs"),
    path("admin/tickets/views/<int:pk>", saved_views.saved_view_edit, name="saved_view_edit"),
    *(
        path(
            f"admin/tickets/views/<int:pk>/{part}",
            saved_views.saved_view_step,
            {"step": step},
            name=f"saved_view_{step}",
        )
        for part, step in (
            ("position", "position"),
            ("archive", "archive"),
            ("archive/removal", "restore"),
        )
    ),
]
urlpatterns = [
    path("admin", home.home, name="home"),
    path("admin/first_steps", home.first_steps, name="checklist"),
    path("admin/first_steps/removal", home.first_steps_removal, name="checklist_removal"),
    path("admin/tickets", queue.queue, name="queue"),
    path("admin/tickets/counters", queue.queue_counters, name="counters"),
    path("admin/rail", queue.rail_numbers, name="rail"),
    path("admin/tickets/display", queue.queue_display, name="queue_display"),
    *_views,
    *_bulk,
    path("admin/tickets/macro", macros.tickets_macro, name="tickets_macro"),
    path("admin/tickets/add", opening.ticket_add, name="ticket_add"),
    path("admin/tickets/add/fields", opening.ticket_add_fields, name="ticket_add_fields"),
    path("admin/tickets/add/replies", opening.ticket_add_replies, name="ticket_add_replies"),
    path("admin/tickets/add/replies/<int:pk>", opening.ticket_add_reply, name="ticket_add_reply"),
    path("admin/tasks", work.tasks, name="tasks"),
    path("admin/appointments", appointments.appointments, name="appointments"),
    path("admin/search", search.search, name="search"),
    path("admin/palette", palette.palette, name="palette"),
    *_assets,
    path("admin/clients", clients.clients, name="clients"),
    path("admin/clients/add", clients.client_add, name="client_add"),
    path("admin/clients/client/<int:pk>", include(_client)),
    path("admin/tickets/ticket/<int:number>", include(_ticket)),
]
