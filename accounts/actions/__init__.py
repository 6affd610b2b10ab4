"""What can be done to people, roles and departments; the only writer of their rows."""

from accounts.actions.availability import note_sms_opt_in, note_sms_opt_out, set_availability
from accounts.actions.departments import save_department, set_members
from accounts.actions.invitations import (
    TokenRefused,
    accept_invitation,
    invite_user,
    withdraw_invitation,
)
from accounts.actions.people import (
    StaffFacts,
    activate_user,
    change_profile,
    change_staff,
    create_user,
    deactivate_user,
    end_session,
    end_sessions,
    keep_at_desk,
    lock_account,
)
from accounts.actions.roles import change_permissions, move_people
from accounts.actions.setup import (
    OwnerExists,
    create_owner,
    issue_setup_token,
    owner_exists,
    use_setup_token,
)
from accounts.actions.skills import hand_on_skill, save_skill
from accounts.permissions import RefusedByRole

__all__ = [
    "OwnerExists",
    "RefusedByRole",
    "StaffFacts",
    "TokenRefused",
    "accept_invitation",
    "activate_user",
    "change_permissions",
    "change_profile",
    "change_staff",
    "create_owner",
    "create_user",
    "deactivate_user",
    "end_session",
    "end_sessions",
    "hand_on_skill",
    "invite_user",
    "issue_setup_token",
    "keep_at_desk",
    "lock_account",
    "move_people",
    "note_sms_opt_in",
    "note_sms_opt_out",
    "owner_exists",
    "save_department",
    "save_skill",
    "set_availability",
    "set_members",
    "use_setup_token",
    "withdraw_invitation",
]
