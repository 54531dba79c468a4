"""What takes too long for the tests: each file says how it is run."""
