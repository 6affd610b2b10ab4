"""People who sign in: staff, and customers with a portal account."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.department import Membership
from accounts.models.role import Role
from accounts.phones import E164
from core import options
from core.compiled import Compiled


def house_zone() -> ZoneInfo:
    """The company's zone, for all who have not chosen an own one."""
    return ZoneInfo(options.value("accounts.time_zone"))


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone of the IANA database."""
    if name and name not in available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Berlin."))


_NOTHING = models.Value({}, models.JSONField())


class UserQuerySet(models.QuerySet["User"]):
    """Users by what they may do."""

    def staff(self) -> UserQuerySet:
        return self.filter(is_active=True, role__is_staff=True)

    def owners(self) -> UserQuerySet:
        return self.filter(is_active=True, role__is_owner=True)

    def members_of(self, department_ids: list[int]) -> UserQuerySet:
        return self.staff().filter(memberships__department_id__in=department_ids).distinct()


class UserRows(BaseUserManager["User"]):
    """Creates users; named so because Django wants `objects` to know `create_user`."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db).select_related("role")

    def get(self, *conditions: Any, **given: Any) -> User:
        """One user; by key alone, as every request asks, in SQL that is written already."""
        key = given.get("pk")
        if conditions or len(given) > 1 or not isinstance(key, int):
            return self.get_queryset().get(*conditions, **given)
        for found in _one(pk=key):
            found.know_departments(vars(found).pop("joined"))
            return found
        raise self.model.DoesNotExist

    def staff(self) -> UserQuerySet:
        return self.get_queryset().staff()

    def owners(self) -> UserQuerySet:
        return self.get_queryset().owners()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a hashed password (unusable when None) and a lower-case address."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


def _with_departments(pk: int) -> models.QuerySet[Any]:
    """The user, and what decides on most pages what may be seen."""
    joined = Membership.objects.filter(user=models.OuterRef("pk"))
    return User.objects.filter(pk=pk).annotate(joined=ArraySubquery(joined.values("department_id")))


_one: Final = Compiled(_with_departments)


class User(AbstractBaseUser):
    """Somebody who signs in by e-mail; `role` says what for."""

    class Availability(models.TextChoices):
        AVAILABLE = "available", _("Available")
        AWAY = "away", _("Away")
        DO_NOT_DISTURB = "do_not_disturb", _("Do not disturb")
        UNAVAILABLE = "unavailable", _("Unavailable")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class AfterSend(models.TextChoices):
        STAY = "stay", _("Stay on the ticket")
        NEXT = "next", _("Go to the next ticket")
        LIST = "list", _("Go back to the list")

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    role = models.ForeignKey(Role, models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False)
    availability = models.CharField(
        max_length=16, choices=Availability, default=Availability.AVAILABLE
    )
    shift_calendar = models.ForeignKey(
        "calendars.BusinessCalendar", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    gives_back_unanswered = models.BooleanField(default=False)
    manager = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    is_senior = models.BooleanField(default=False)
    skills = models.ManyToManyField("accounts.Skill", blank=True, related_name="people")
    phone = models.CharField(max_length=32, blank=True)
    sms_opted_out_at = models.DateTimeField(null=True, blank=True)
    signature = models.TextField(blank=True, max_length=2000)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    language = models.CharField(max_length=16, blank=True)
    density = models.CharField(max_length=12, choices=Density, default=Density.COMFORTABLE)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    single_key_shortcuts = models.BooleanField(default=True)
    after_send = models.CharField(max_length=8, choices=AfterSend, default=AfterSend.STAY)
    desk = models.JSONField(default=dict, blank=True, db_default=_NOTHING)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserRows()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=E164), name="user_phone_e164"
            ),
            models.CheckConstraint(
                condition=models.Q(manager=None) | ~models.Q(manager=models.F("id")),
                name="user_not_own_manager",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.role.is_staff

    @property
    def is_available(self) -> bool:
        """Whether new work may come at all; shifts are asked in `accounts.people`."""
        return self.is_staff and self.availability == self.Availability.AVAILABLE

    @property
    def takes_sms(self) -> bool:
        """Whether there is a number and no STOP (R114)."""
        return bool(self.phone) and self.sms_opted_out_at is None

    @property
    def zone(self) -> tzinfo:
        """The reader's zone for every time on a page."""
        return ZoneInfo(self.time_zone) if self.time_zone else house_zone()

    def may(self, permission: str) -> bool:
        """Whether the role allows `permission` (a value of `Permission`)."""
        return self.is_active and self.role.allows(permission)

    def department_ids(self) -> list[int]:
        """Departments this person is a member of; asked once per loaded user."""
        if not hasattr(self, "_department_ids"):
            self._department_ids = list(self.memberships.values_list("department_id", flat=True))
        return self._department_ids

    def know_departments(self, ids: list[int]) -> None:
        """Spare the question where another statement brought the answer along."""
        self._department_ids = ids

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Django's own admin only; the product asks `may`."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        """Django's own admin only."""
        return self.is_active and self.is_superuser
