"""What is on hand, and how long it lasts."""
