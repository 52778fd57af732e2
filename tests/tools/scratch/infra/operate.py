"""What is done to the scratch project's service: a thing that a killed run made is nowhere but in the state."""
