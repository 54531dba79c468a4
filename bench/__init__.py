"""How fast it is: measured, and against other programs."""
