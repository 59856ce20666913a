"""The figures of the sales reports: each takes tables of this package and returns a chart whose title is a finding."""
