"""bin/up: start everything a help desk needs, as one program."""

import sys
from collections.abc import Sequence

from .console import Console
from .crew import ProgramFailed
from .engine import EngineFailed
from .lock import AlreadyRunning, held
from .options import PortTaken, read_choices
from .places import PlaceRefused, Places
from .runtime import Runtime

REFUSALS = (AlreadyRunning, EngineFailed, PlaceRefused, PortTaken, ProgramFailed)


def main(arguments: Sequence[str]) -> int:
    choices = read_choices(arguments)
    console = Console()
    places = Places.from_environment()
    try:
        places.prepare()
        with held(places.lock, note=choices.site_url):
            Runtime(choices, places, console).run()
    except REFUSALS as refusal:
        console.say(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
