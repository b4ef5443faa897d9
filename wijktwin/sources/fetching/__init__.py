"""Fetching a real neighbourhood from public services, or preparing one from files at hand, into a neighbourhood folder."""
