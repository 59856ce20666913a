"""What may be done with people's data, how long it is kept, and how it is given out or erased."""
