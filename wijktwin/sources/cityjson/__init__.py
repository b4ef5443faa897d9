"""CityJSON 1.0, 1.1 and 2.0, one object or a sequence, plain or gzip."""

from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS, UPLOAD_LIMITS, Limits
from wijktwin.sources.cityjson.read import read_city_model

__all__ = ["OPERATOR_LIMITS", "UPLOAD_LIMITS", "Limits", "read_city_model"]
