"""Runs BlendMask Live: `python main.py COMMAND`."""

import sys

from blendmask_live.cli import main

if __name__ == "__main__":
    # Guarded, because the processes of `annotate --jobs` import this file.
    sys.exit(main())
