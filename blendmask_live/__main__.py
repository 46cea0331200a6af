"""`python -m blendmask_live COMMAND`."""

import sys

from blendmask_live.cli import main

if __name__ == "__main__":
    sys.exit(main())
