"""Floor 3: other people's files to declared fact tables. Every row and every penny is accounted for."""
