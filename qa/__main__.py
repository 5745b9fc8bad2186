"""`python -m qa VERB` is `qa VERB`."""

import sys

from qa.cli import main

sys.exit(main())
