"""What programs ask of the internet, answered on loopback by sites of our own, and refused aloud where there is none."""
