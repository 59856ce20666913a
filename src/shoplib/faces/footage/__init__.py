"""Video watched: frames by time, what moves, faces found and followed, light, and what could not be seen."""
