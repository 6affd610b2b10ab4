"""What the supervisor and the tests know of a database server."""

from abc import ABC, abstractmethod

from .leash import Program

CLEAN_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "TZ": "UTC"}


class EngineFailed(Exception):
    """An engine could not be made ready, and the message says why."""


class Engine(ABC):
    """A database server whose data lie in one folder and whose socket lies in another."""

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def program(self) -> Program: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make the folders, and what the first start needs."""

    @abstractmethod
    def is_ready(self) -> bool: ...
