"""One neighbourhood in metres, plans for it, and scenarios: frozen, without files, screens or foreign names."""
