"""The eight reports, one module each: from a scope to findings and tables."""
