"""What is kept between runs: the history of a trained model, the trials of models, and what they were made by."""
