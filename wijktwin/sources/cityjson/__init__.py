"""Reading CityJSON 1.0, 1.1 and 2.0, one object or a sequence."""
