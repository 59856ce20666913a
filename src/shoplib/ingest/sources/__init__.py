"""Files of every kind to rows of strings: ``read`` gives all of a file, ``batches`` some rows at a time."""

from shoplib.ingest.sources.read import Kind, batches, kind_for, kind_of, read

__all__ = ["Kind", "batches", "kind_for", "kind_of", "read"]
