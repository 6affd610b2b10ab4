"""Addresses of people: our own paths, allauth's views and names underneath (screens.md 12)."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import include, path, re_path

from accounts import company, tables
from accounts.views import doors, profile, roles, sessions, staff

allauth_patterns = [
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("register", doors.register, name="account_signup"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("email", account.email, name="account_email"),
    path("verify", account.email_verification_sent, name="account_email_verification_sent"),
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("forgot_password", account.password_reset, name="account_reset_password"),
    path("forgot_password/sent", account.password_reset_done, name="account_reset_password_done"),
    path(
        "reset/done",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        doors.new_password,
        name="account_reset_password_from_key",
    ),
    path("magic", account.request_login_code, name="account_request_login_code"),
    path("magic/code", account.confirm_login_code, name="account_confirm_login_code"),
    path("two_factor", mfa.index, name="mfa_index"),
    path("two_factor/check", mfa.authenticate, name="mfa_authenticate"),
    path("two_factor/reauthenticate", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("two_factor/app", totp.activate_totp, name="mfa_activate_totp"),
    path("two_factor/app/removal", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("two_factor/codes", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "two_factor/codes/new",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "two_factor/codes/file",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("sessions", sessions.sessions, name="usersessions_list"),
]
own_patterns = [
    path("authentication/invite/<str:token>", doors.invitation, name="invitation"),
    path("authentication/sessions/<int:pk>/removal", sessions.removal, name="session_removal"),
    path("admin/authentication", doors.staff_door, name="staff_door"),
    path("admin/setup", doors.setup, name="setup"),
    path("admin/profile", profile.profile, name="profile"),
    path("admin/profile/text_messages", profile.text_messages, name="text_messages"),
    path("admin/availability", profile.availability, name="availability"),
    path("admin/staff", staff.staff, name="staff"),
    path("admin/staff/invite", staff.invite, name="invite"),
    path("admin/staff/<int:pk>", staff.colleague, name="colleague"),
    path("admin/staff/<int:pk>/availability", staff.availability, name="colleague_availability"),
    path("admin/staff/<int:pk>/activity", staff.activity, name="activity"),
    path("admin/staff/<int:pk>/lock/removal", staff.unlock, name="unlock"),
    path(
        "admin/staff/invitations/<int:pk>/removal",
        staff.invitation_removal,
        name="invitation_removal",
    ),
]
urlpatterns = [
    path("authentication/", include(allauth_patterns)),
    path("", include((own_patterns, "accounts"))),
    *tables.departments.urls(),
    *tables.teams.urls(),
    *tables.skills.urls(),
    path("admin/roles", roles.roles, name="roles"),
    *tables.role_pages,
    *company.page.urls(),
]
