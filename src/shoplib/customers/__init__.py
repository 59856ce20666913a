"""Floor 3, a domain: who comes back, and what is bought together."""
