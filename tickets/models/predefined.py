"""Predefined replies: texts an agent inserts, in several languages, with files (R119-R122)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.models.role import Permission
from tickets.models.message import Message
from tickets.models.vocabulary import Status

if TYPE_CHECKING:
    from accounts.models import User

MAX_BODY = 20_000
SHORTCUT = r"^[a-z0-9][a-z0-9_-]{0,39}$"


class PredefinedReplyQuerySet(models.QuerySet["PredefinedReply"]):
    """Replies by who may use and who may change them."""

    def active(self) -> PredefinedReplyQuerySet:
        return self.filter(archived_at=None)

    def shared(self) -> PredefinedReplyQuerySet:
        return self.filter(owner=None)

    def visible_to(self, user: User) -> PredefinedReplyQuerySet:
        """One's own, everybody's, and those of the departments one works in."""
        shared = models.Q(owner=None)
        if not user.may(Permission.TICKETS_ALL):
            here = models.Q(department=None) | models.Q(department__in=user.department_ids())
            shared &= here
        return self.filter(models.Q(owner=user.pk) | shared)

    def changeable_by(self, user: User) -> PredefinedReplyQuerySet:
        """One's own; the shared ones need the right to change settings."""
        own = models.Q(owner=user.pk)
        may_change = user.may(Permission.SETTINGS_CHANGE)
        return self.filter(own | models.Q(owner=None) if may_change else own)

    def fitting(self, department_id: int) -> PredefinedReplyQuerySet:
        """Those for a ticket of this department."""
        return self.filter(models.Q(department=None) | models.Q(department=department_id))


class PredefinedReply(models.Model):
    """A text with a name; the company's, a department's, or one agent's own."""

    class Type(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        RESOLUTION = "resolution", _("Resolution")
        FOLLOW_UP = "follow_up", _("Follow-up")
        CLOSING = "closing", _("Closing")
        SLA_ALERT = "sla_alert", _("SLA breach alert")

    name = models.CharField(max_length=120)
    folder = models.CharField(max_length=120, blank=True)
    shortcut = models.CharField(
        max_length=40,
        validators=[
            RegexValidator(
                SHORTCUT, _("One word of small letters, digits and hyphens, such as receipt.")
            )
        ],
    )
    type = models.CharField(max_length=16, choices=Type, default=Type.FOLLOW_UP)
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="predefined_replies"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="predefined_replies",
    )
    status_after = models.ForeignKey(
        Status, models.SET_NULL, null=True, blank=True, related_name="predefined_replies"
    )
    position = models.PositiveIntegerField(default=100)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = PredefinedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["folder", "position", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=models.Q(owner=None),
                name="predefined_shortcut_shared_once",
                violation_error_message=_("Another shared reply has this shortcut."),
            ),
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                name="predefined_shortcut_own_once",
                violation_error_message=_("Another reply of yours has this shortcut."),
            ),
            models.CheckConstraint(
                condition=models.Q(department=None) | models.Q(owner=None),
                name="predefined_one_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(shortcut__regex=SHORTCUT), name="predefined_shortcut_word"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_words(self) -> str:
        """Who may use it."""
        if self.owner_id is not None:
            return str(_("Only me"))
        return str(self.department or _("Everybody"))

    def fits(self, department_id: int) -> bool:
        """Whether it is meant for tickets of this department."""
        return self.department_id in (None, department_id)

    def body_in(self, language: str) -> str:
        """The text in `language`, else in its main part (pt of pt-br), else the default one."""
        texts = {row.language: row.body for row in self.texts.all()}
        for wanted in (language, language.partition("-")[0]):
            if texts.get(wanted):
                return texts[wanted]
        return next(iter(texts.values()), "")


class PredefinedText(models.Model):
    """A predefined reply in one language; the first one is the default."""

    reply = models.ForeignKey(PredefinedReply, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=16)
    body = models.TextField(max_length=MAX_BODY)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "language"], name="predefined_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reply_id} ({self.language})"


class PredefinedFile(models.Model):
    """A file that goes out with a predefined reply; the bytes lie in the file store."""

    reply = models.ForeignKey(PredefinedReply, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.filename


class ReplyUseQuerySet(models.QuerySet["ReplyUse"]):
    """Uses by time."""

    def between(self, since: datetime, until: datetime) -> ReplyUseQuerySet:
        return self.filter(at__gte=since, at__lt=until)


class ReplyUse(models.Model):
    """A message that came out of a predefined reply, and how far it was edited (R121).

    `changed_share` is 0 for a text sent as it was filled in and nears 1 the more was rewritten.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="predefined_uses")
    predefined = models.ForeignKey(PredefinedReply, models.SET_NULL, null=True, related_name="uses")
    changed_share = models.FloatField()
    at = models.DateTimeField()

    objects = ReplyUseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at", "predefined"], name="reply_use_at")]
        constraints = [
            models.UniqueConstraint(fields=["message", "predefined"], name="reply_use_once"),
            models.CheckConstraint(
                condition=models.Q(changed_share__gte=0, changed_share__lte=1),
                name="reply_use_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predefined_id} in message {self.message_id}"
