"""From footage to people and visits: faces found, followed, told apart, and never shown."""
