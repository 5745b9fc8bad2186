"""The o200k_base token table as data, and how it was made."""
