"""Plan files: from what a planner can make (GeoJSON, GeoPackage, CityJSON, DXF) to a checked `Plan`."""
