"""What can be done to customers; the only writer of their rows."""

from customers.actions.addresses import add_address, flag_undeliverable, remove_address
from customers.actions.arrivals import find_or_create_customer
from customers.actions.changes import change_customer, create_customer, link_portal_account
from customers.actions.merging import MergeRefused, merge_customers
from customers.actions.organisations import adopt_customers, move_customers, move_tier

__all__ = [
    "MergeRefused",
    "add_address",
    "adopt_customers",
    "change_customer",
    "create_customer",
    "find_or_create_customer",
    "flag_undeliverable",
    "link_portal_account",
    "merge_customers",
    "move_customers",
    "move_tier",
    "remove_address",
]
