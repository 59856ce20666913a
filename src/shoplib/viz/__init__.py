"""Floor 2: how things look. One palette, one style, a few kinds of chart, one way out to files."""
