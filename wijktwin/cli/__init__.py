"""The command ``wijktwin``. The one room of the package that may look upstairs, where the server and its pages are."""

from wijktwin.cli.command_line import main

__all__ = ["main"]
