"""The report for council and board: a tagged PDF, made without a screen."""
