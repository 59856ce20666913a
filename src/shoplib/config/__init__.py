"""Floor 1: what a run is asked to do. Frozen models, read from YAML, all problems reported together."""
