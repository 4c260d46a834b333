#!/usr/bin/env python3
"""Makes a job of Coppice from a Python script for Dendrify or Brian 2.

    python jobs/from_dendrify.py SCRIPT.py -o JOB.yaml [--compare] [--replay] [--execute] [--rules]

Runs in the Python environment of the script, which needs h5py besides. docs/from-dendrify.md has
the rest.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from from_dendrify.command import main  # noqa: E402

sys.exit(main())
