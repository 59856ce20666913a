"""Floor 2: bytes in and out. Files that are whole or absent, the database, SQL over parquet, run records."""
