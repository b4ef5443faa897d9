"""What an evening asks of the server: that phones in the room reach it, and that the codes on the screen name an address they know."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import re
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wijktwin import places
from wijktwin.errors import InputError

EVERYBODY_HERE: Final = "0.0.0.0"  # noqa: S104 - phones in the room are meant to connect
SOMEWHERE: Final = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): a socket that would send there knows its own address, and nothing is sent."""
SCREEN: Final = "evening"
"""The page for the screen in front, after the last slash."""
IS_RUNNING: Final = 0x40
"""The flag of a network interface with something at its other end."""
ASK_FLAGS: Final = 0xC0206911 if sys.platform == "darwin" else 0x8913
ASK_ADDRESS: Final = 0xC0206921 if sys.platform == "darwin" else 0x8915
"""What the system is asked about an interface (``SIOCGIFFLAGS``, ``SIOCGIFADDR``)."""


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
        sentences += [] if options.public else others_told(options.address, port, public)
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
    return next(iter(found_addresses(address, port)), "")


def found_addresses(address: str, port: int) -> list[str]:
    """The same on every network of this computer, the one it would send by first."""
    hosts = own_hosts() if address in {EVERYBODY_HERE, "::", ""} else [address]
    return [f"http://{f'[{host}]' if ':' in host else host}:{port}" for host in hosts if not _is_only_here(host)]


def others_told(address: str, port: int, public: str) -> list[str]:
    """A sentence about further networks of this computer, such as a hotspot of its own; none where it is on one."""
    others = [each for each in found_addresses(address, port) if each != public]
    if not others:
        return []
    return [f"This computer is on other networks too: {', '.join(others)}. For phones there, begin again with --public and that address."]


def _is_only_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def own_hosts() -> list[str]:
    """The addresses of this computer, the one it would send by first; a hotspot of its own has one too and no way out."""
    return [host for host in dict.fromkeys([*_sending_address(), *_addresses()]) if _is_of_a_network(host)]


def _sending_address() -> Iterator[str]:
    """The address from which this computer would send to others; none where no network leads elsewhere."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(SOMEWHERE)
        yield str(asked.getsockname()[0])


def _is_of_a_network(host: str) -> bool:
    """Whether an address was given out by a network, or by somebody: not the computer's own, and not one it made up because nobody did."""
    address = ipaddress.ip_address(host)
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def _addresses() -> Iterator[str]:
    """The IPv4 address of every network interface that runs; nobody else is asked."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            yield from socket.gethostbyname_ex(socket.gethostname())[2]
    else:
        import fcntl

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            for _, name in socket.if_nameindex():
                about = struct.pack("256s", name.encode()[:15])
                with contextlib.suppress(OSError):  # one without an address
                    (flags,) = struct.unpack_from("=H", fcntl.ioctl(asked, ASK_FLAGS, about), 16)
                    if flags & IS_RUNNING:
                        yield socket.inet_ntoa(fcntl.ioctl(asked, ASK_ADDRESS, about)[20:24])
