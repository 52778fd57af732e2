"""How a change gets to where it runs: what it does to each stack, told in its pull request, and how it moves on."""
