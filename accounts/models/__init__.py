"""Users, roles, departments, teams and skills."""

from accounts.models.department import Department, DepartmentAddress, Membership
from accounts.models.invitation import Invitation, SetupToken
from accounts.models.role import Role
from accounts.models.team import Skill, Team
from accounts.models.user import User

__all__ = [
    "Department",
    "DepartmentAddress",
    "Invitation",
    "Membership",
    "Role",
    "SetupToken",
    "Skill",
    "Team",
    "User",
]
