"""`python -m qa VERB` is `qa VERB`."""

from qa.cli import run

run()
