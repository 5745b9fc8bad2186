"""Start the chat page: `python app.py` (the same as `qa serve`, and it takes the same options)."""

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
