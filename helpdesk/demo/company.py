"""Who works at the demo company, and who writes to it (R2, R181)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

ZONE = "Europe/Berlin"
COUNTRY = "DE"
COMPANY = "Kettle & Crane"
PASSWORD = "demo-kettle-crane"  # noqa: S105 -- printed on the console of a demo, refused elsewhere
STAFF_DOMAIN = "company.com"


@dataclass(frozen=True)
class DepartmentPlan:
    """A department with its addresses and the people who respond."""

    slug: str
    name: str
    description: str
    addresses: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True)
class PersonPlan:
    """A colleague of the demo company."""

    name: str
    role: str
    time_zone: str = ZONE
    availability: str = "available"

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@{STAFF_DOMAIN}"


@dataclass(frozen=True)
class CustomerPlan:
    """Somebody who writes to the demo company."""

    name: str
    email: str
    organisation: str = ""


STAFF = (
    PersonPlan("Lisa Rodriguez", "owner"),
    PersonPlan("Sarah Johnson", "manager"),
    PersonPlan("Mike Chen", "agent"),
    PersonPlan("Deepak Patel", "agent"),
    PersonPlan("Priya Singh", "agent"),
    PersonPlan("Tom Wilson", "agent", availability="away"),
    PersonPlan("Emma Davis", "agent", availability="do_not_disturb"),
    PersonPlan("Carlos Mendez", "agent"),
    PersonPlan("Nina Volkov", "agent"),
    PersonPlan("Raj Kumar", "agent"),
    PersonPlan("Anna Schmidt", "agent"),
)

DEPARTMENTS = (
    DepartmentPlan(
        "general",
        "General Support",
        "Everything that has no better place",
        ("support@company.com", "help@company.com"),
        (
            "Sarah Johnson",
            "Mike Chen",
            "Lisa Rodriguez",
            "Emma Davis",
            "Tom Wilson",
            "Anna Schmidt",
        ),
    ),
    DepartmentPlan(
        "technical",
        "Technical Support",
        "Machines, grinders and the app",
        ("tech@company.com",),
        (
            "Mike Chen",
            "Deepak Patel",
            "Priya Singh",
            "Tom Wilson",
            "Emma Davis",
            "Carlos Mendez",
            "Nina Volkov",
            "Raj Kumar",
            "Anna Schmidt",
        ),
    ),
    DepartmentPlan(
        "billing",
        "Billing",
        "Invoices, payments and refunds",
        ("billing@company.com",),
        ("Nina Volkov", "Carlos Mendez"),
    ),
    DepartmentPlan(
        "orders",
        "Orders",
        "Delivery, returns and stock",
        ("orders@company.com",),
        ("Carlos Mendez", "Tom Wilson", "Emma Davis"),
    ),
)

# name, mail domain, tier slug, shares tickets
ORGANISATIONS = (
    ("Harbour Foods", "harbour.example", "enterprise", True),
    ("Northlight Studio", "northlight.example", "pro", False),
    ("Alder Dental", "alderdental.example", "pro", False),
    ("Café Marlene", "marlene.example", "basic", True),
    ("Brandt Architects", "brandt.example", "pro", False),
    ("Studio Fehn", "fehn.example", "basic", False),
    ("Lumen Hotels", "lumenhotels.example", "enterprise", True),
    ("Quayside Bakery", "quayside.example", "basic", False),
    ("Ostrava Logistics", "ostrava.example", "pro", True),
    ("Pine & Partner", "pinepartner.example", "basic", False),
)
TIERS = (("enterprise", "Enterprise", 1), ("pro", "Pro", 2), ("basic", "Basic", 3))

# Large customers, and whose own agent answers them first.
MONTHLY_SPEND = {"Harbour Foods": 14_200, "Lumen Hotels": 22_500, "Ostrava Logistics": 4_800}
OWN_AGENTS = {"Lumen Hotels": "Nina Volkov"}
# What people do in their organisations, one after the other.
ROLES = ("", "Manager", "", "Administrator", "", "", "Admin")

_FIRST = """
Cleo Otto Mira Emil Jonas Rosa Samir Lotte Yuki Ines Hugo Greta Pavel Anna Noor Theo Maja
Ken Leïla Björn Zoë Mateo Aylin Tomasz Freya Omar Chiara Nils Amara Luca Wei Sofia Dmitri
Elif Pedro Hanna Kofi Maren Ravi Signe
"""
_LAST = """
Andersen Becker Costa Dubois Eriksen Fischer Garcia Hansen Ivanov Jensen Kowalski
Lindqvist Moreau Novak Okafor Petrov Quint Rossi Schäfer Tanaka Ünal Varga Weber Yilmaz
Zimmer
"""
_FREEMAIL = ("mailbox.example", "post.example", "inbox.example")


def customers(count: int, *, seed: int = 7) -> list[CustomerPlan]:
    """The same `count` customers for the same seed: two in five belong to an organisation."""
    chance = Random(seed)  # noqa: S311 -- believable, not secret
    plans: dict[str, CustomerPlan] = {}
    while len(plans) < count:
        name = f"{chance.choice(_FIRST.split())} {chance.choice(_LAST.split())}"
        organisation, domain = "", chance.choice(_FREEMAIL)
        if chance.random() < 0.4:  # noqa: PLR2004 -- the share named above
            organisation, domain, _tier, _shares = chance.choice(ORGANISATIONS)
        email = f"{_ascii(name)}@{domain}"
        plans.setdefault(email, CustomerPlan(name, email, organisation))
    return list(plans.values())


def _ascii(name: str) -> str:
    plain = name.lower().translate(str.maketrans("äöüïëéÜø", "aouieeuo"))
    return plain.encode("ascii", "ignore").decode().replace(" ", ".")
