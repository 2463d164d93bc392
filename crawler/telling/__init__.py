"""Who is told what: watched words and findings, each once."""
