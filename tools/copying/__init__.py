"""What a copy does with the template that it was made of: it adopts an app, takes what is new, and changes targets."""
