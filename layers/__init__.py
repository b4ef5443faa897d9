"""Domain objects to pydeck layers and decks: pure functions, no Streamlit."""
