"""From files and services to a neighbourhood in metres: every foreign name and CRS stops here."""
