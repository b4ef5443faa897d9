"""The generator of the embedded, fictional example neighbourhood."""
