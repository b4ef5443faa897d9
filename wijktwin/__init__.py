"""Wijktwin: a 3D neighbourhood twin in which people look at building plans together."""

from typing import Final

__version__: Final = "0.1.0"
