"""The trained models: finding faces, and the numbers that tell them apart."""
