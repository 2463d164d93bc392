"""Text: bytes to characters, dates, the normal form and its hash, syllables."""
