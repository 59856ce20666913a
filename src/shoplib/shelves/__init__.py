"""Floor 3, a domain: photos of shelves. Rows, gaps, facings, and how far that can be trusted."""
