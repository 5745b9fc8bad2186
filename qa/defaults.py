"""Defaults that are told before anything is loaded, as in `qa --help`; all others stand in qa/settings.py.

In -> out: nothing -> constants.
Does not: import anything.
"""

HITS_SHOWN = 5
"""How many hits a question gets where nobody says how many."""
