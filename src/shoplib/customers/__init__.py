"""Who comes back, and what is bought together."""
