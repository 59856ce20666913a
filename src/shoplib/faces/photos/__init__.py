"""A folder of photos: every face in it, and which of them are one person."""
