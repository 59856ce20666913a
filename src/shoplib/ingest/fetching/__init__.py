"""What sources on other machines hold, brought here: the only part of the project that uses the network."""
