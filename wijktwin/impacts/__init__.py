"""What a scenario means: modules that yield assessments."""
