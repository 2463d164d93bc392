"""Compare: two revisions, and copies among articles."""
