"""Starts the runtime client of a Python function. It behaves like the Lambda runtime for Python."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# The function sees this package, not its parts; and PYTHONSAFEPATH keeps even its place from the path.
sys.path[:] = [os.path.dirname(HERE)] + [place for place in sys.path if place != HERE]

# Processes that `multiprocessing` spawns import this file too.
if __name__ == "__main__":
    from upstack_runtime.runtime import main

    main()
