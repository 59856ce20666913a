"""Whether the facts keep the rules of ``params/quality.yaml``, and whether a day is like the days before."""
