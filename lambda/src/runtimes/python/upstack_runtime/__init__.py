"""The parts of the runtime client of Python functions."""
