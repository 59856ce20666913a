"""What comes next: daily series, models, and how well each did on days it had not seen."""
