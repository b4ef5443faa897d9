"""CityJSON 1.0, 1.1 and 2.0, one object or a sequence, plain or gzip: `read.read_city_model`, `limits.Limits`, `info`.

Nothing is imported here: `wijktwin.sources.opening` needs the limits, and the reader needs the opening.
"""
