"""Floor 3, a domain: what was sold. One metric contract, views of it, figures and sentences."""
