"""What the forecast says, in sentences and tables to read: one module for each part of the page."""
