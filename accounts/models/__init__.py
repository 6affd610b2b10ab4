"""Users, roles and departments."""

from accounts.models.department import Department, DepartmentAddress, Membership
from accounts.models.invitation import Invitation, SetupToken
from accounts.models.role import Role
from accounts.models.user import User

__all__ = [
    "Department",
    "DepartmentAddress",
    "Invitation",
    "Membership",
    "Role",
    "SetupToken",
    "User",
]
