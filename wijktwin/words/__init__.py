"""Sentences about figures, in Dutch and English."""
