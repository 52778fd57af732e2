"""The plan of a stack, made by the real engine against stand-ins: what there would be, what for, and what it costs."""
