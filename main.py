"""Run BlendMask Live from a checkout: `python main.py COMMAND`."""

from blendmask_live.cli import main

raise SystemExit(main())
