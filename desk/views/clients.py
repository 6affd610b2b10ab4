"""Customers: the list, the page of one, and what staff changes on it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models.role import Permission
from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other
from customers import actions
from customers.models import Customer
from desk.access import customer_or_404, reader
from desk.client_file import head_of
from desk.client_forms import AddressForm, CustomerForm, MergeForm, NewCustomerForm
from desk.clients import client_page, clients_page
from desk.links import customer_url

_PARTS = {"customer-choices": "choices"}
_FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """All customers, the latest first, or those that fit what was typed."""
    page = clients_page(reader(request), request.GET, now=clock.now())
    part = _PARTS.get(request.headers.get("HX-Target", ""), "list")
    return render_page(request, "desk/clients.html", {"clients": page}, fragment=part)


@require_safe
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer; a merged one leads to the survivor."""
    merged = Customer.objects.filter(pk=pk, merged_into__isnull=False).first()
    if merged is not None:
        return HttpResponsePermanentRedirect(customer_url(merged.merged_into_id or 0))
    return _file_page(request, customer_or_404(request, pk), AddressForm())


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_http_methods(_FORM_METHODS)
def client_add(request: HttpRequest) -> HttpResponse:
    """Somebody new, entered by hand."""
    form = NewCustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        customer = actions.create_customer(
            **form.cleaned_data, actor=reader(request), now=clock.now()
        )
        return see_other(request, customer_url(customer.pk))
    return _form_page(request, form, title=_("New customer"))


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_http_methods(_FORM_METHODS)
def client_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what staff knows about a customer."""
    customer = customer_or_404(request, pk)
    known = {name: getattr(customer, name) for name in CustomerForm.base_fields}
    form = CustomerForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        actions.change_customer(customer, changes=form.cleaned_data, actor=reader(request))
        messages.success(request, _("Saved."))
        return see_other(request, customer_url(pk))
    return _form_page(request, form, title=_("Change the customer"), back_url=customer_url(pk))


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_POST
def client_addresses(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a way to reach the customer."""
    customer, form = customer_or_404(request, pk), AddressForm(request.POST)
    if form.is_valid():
        try:
            actions.add_address(customer, **form.cleaned_data, actor=reader(request))
        except ValidationError as refusal:
            form.add_error("value", refusal)
        else:
            return see_other(request, customer_url(pk))
    return _file_page(request, customer, form)


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_POST
def address_removal(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    """Remove an address."""
    address = get_object_or_404(customer_or_404(request, pk).addresses, pk=address_pk)
    actions.remove_address(address, actor=reader(request))
    messages.success(request, _("%(address)s is removed.") % {"address": address.value})
    return see_other(request, customer_url(pk))


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_http_methods(_FORM_METHODS)
def client_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Make two rows that are one person one."""
    survivor, form = customer_or_404(request, pk), MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        try:
            actions.merge_customers(
                other, survivor=survivor, actor=reader(request), now=clock.now()
            )
        except actions.MergeRefused as refusal:
            form.add_error("other", str(refusal))
        else:
            messages.success(request, _("%(name)s was merged.") % {"name": other.display_name})
            return see_other(request, customer_url(pk))
    title = _("Merge another customer into %(name)s") % {"name": survivor.display_name}
    return _form_page(request, form, title=title, back_url=customer_url(pk))


def _file_page(request: HttpRequest, customer: Customer, form: AddressForm) -> HttpResponse:
    user = reader(request)
    page = client_page(customer, user=user, query=request.GET, now=clock.now())
    context = {"client": page, "file": head_of(customer, part="", user=user), "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, "desk/client.html", context, status=status)


def _form_page(request: HttpRequest, form: Form, *, title: str, back_url: str = "") -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "title": title, "back_url": back_url}
    return render_page(request, "desk/client_form.html", context, status=status)
