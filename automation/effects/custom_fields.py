"""The effect that answers a field of the company's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation.arguments import Argument
from automation.effects.registry import Case, Done, EffectFailed, EffectSpec, register
from automation.models import EffectRun
from tickets.actions import set_custom_values
from tickets.custom_fields import active_fields, fields_for
from tickets.custom_fields.spoken import value_of_words

Args = Mapping[str, Any]

_FIELD = Argument(
    name="field",
    label=_("Field"),
    kind="choice",
    choices=lambda: [(row.slug, row.label) for row in active_fields()],
)
_VALUE = Argument(
    name="value",
    label=_("Answer"),
    is_required=False,
    help=_("For choices the words of the option, several separated by commas. Empty: no answer."),
)


def _set_field(case: Case, args: Args) -> Done:
    field = next((row for row in active_fields() if row.slug == args["field"]), None)
    if field is None:
        raise EffectFailed(_t("The field was archived."))
    ticket = case.ticket
    asked = fields_for(department_id=ticket.department_id, service_id=ticket.service_id)
    if field not in asked:
        return Done(EffectRun.State.NOTHING, _t("This field is not asked on this ticket."))
    values = {field.pk: value_of_words(field, args.get("value", ""))}
    set_custom_values(ticket, values=values, actor=case.actor, now=case.now)
    return Done()


def _tell(args: Args) -> str:
    words = {"field": _FIELD.words(args.get("field")), "value": args.get("value", "")}
    if not words["value"]:
        return _t("empty the field %(field)s") % words
    return _t("set the field %(field)s to “%(value)s”") % words


register(
    EffectSpec(
        key="set_custom_field",
        label=_("Set a custom field"),
        group=_("Ticket"),
        tell=_tell,
        arguments=(_FIELD, _VALUE),
        act=_set_field,
    )
)
