"""Files nobody has described yet: what they seem to mean, and what would become of their rows."""
