"""Who is who: faces put together, keys that last, corrections by people."""
