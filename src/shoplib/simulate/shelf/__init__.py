"""Photos of shelves, drawn from a seed, and what stands on them: the truth a reader of photos is judged by."""
