"""What the pages share: state, cache, text and the scene."""
