"""What an evening asks of the server: that phones in the room reach it, and that the codes on the screen name an address they know."""

from __future__ import annotations

import argparse
import re
import socket
from dataclasses import dataclass
from typing import Final

from wijktwin import places
from wijktwin.errors import InputError

EVERYBODY_HERE: Final = "0.0.0.0"  # noqa: S104 - phones in the room are meant to connect
SOMEWHERE: Final = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): a socket that would send there knows its own address, and nothing is sent."""
SCREEN: Final = "evening"
"""The page for the screen in front, after the last slash."""


@dataclass(frozen=True, slots=True)
class Evening:
    """What the server is told, and what the person at the keyboard is told once it is open."""

    surroundings: dict[str, object]
    sentences: list[str]


def evening_of(options: argparse.Namespace, port: int) -> Evening:
    """The evening that ``wijktwin evening`` was asked for.

    Raises
    ------
    InputError
        ``--public`` is no web address.
    """
    public = web_address(options.public) if options.public else found_address(options.address, port)
    surroundings: dict[str, object] = {places.EVENING_VARIABLE: 1}
    surroundings |= {places.PUBLIC_VARIABLE: public} if public else {}
    surroundings |= {places.SILENCE_VARIABLE: options.silence} if options.silence else {}
    sentences = [f"The screen in front: http://localhost:{port}/{SCREEN}"]
    if public:
        sentences.append(f"Phones and tablets on the same network: {public} (the code stands on the screen in front)")
        sentences.append("Try it with a phone before people come: “Does a phone get here?” below the screen, or wijktwin check --phone.")
    else:
        sentences.append("This computer is on no network: phones cannot look along. See docs/evening.md.")
    return Evening(surroundings, sentences)


def web_address(told: str) -> str:
    """A web address without what follows its last slash.

    Raises
    ------
    InputError
        It is none.
    """
    if re.fullmatch(r"https?://[^\s\"'<>?#]+", told) is None:
        raise InputError("evening.not_an_address", value=told)
    return told.rstrip("/")


def found_address(address: str, port: int) -> str:
    """Where others on the network reach a server that listens on an address; "" where nobody can."""
    host = own_host() if address in {EVERYBODY_HERE, "::", ""} else address
    if not host or host == "localhost" or host.startswith("127.") or host == "::1":
        return ""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def own_host() -> str:
    """The address of this computer on the network it would send by; "" where it is on none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.connect(SOMEWHERE)
            return str(asked.getsockname()[0])
    except OSError:
        return ""
