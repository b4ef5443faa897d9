"""CityJSON 1.0, 1.1 and 2.0, one object or a sequence, plain or gzip.

What is offered here is imported when it is first asked for: `wijktwin.sources.opening` needs the limits, and the reader needs the
opening.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS, UPLOAD_LIMITS, Limits
    from wijktwin.sources.cityjson.read import read_city_model

__all__ = ["OPERATOR_LIMITS", "UPLOAD_LIMITS", "Limits", "read_city_model"]


def __getattr__(name: str) -> object:
    """One of the names in ``__all__``."""
    if name not in __all__:
        raise AttributeError(name)
    module = import_module(f"{__name__}.{'read' if name == 'read_city_model' else 'limits'}")
    return getattr(module, name)
