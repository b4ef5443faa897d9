"""Possible sun on facades and on the ground, by rays against all triangles; clear sky, no trees unless said."""
