"""Photos of rendered shelves."""
