"""``python -m wijktwin``: the same as the command ``wijktwin``."""

import sys

from wijktwin.cli import main

if __name__ == "__main__":
    sys.exit(main())
