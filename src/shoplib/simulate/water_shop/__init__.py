"""A shop that sells water in cans, watched by a camera."""
