"""`make dev`: the service, started again at every change, and Vite's own server for the pages."""

import argparse
import subprocess
import sys
from pathlib import Path

from watchfiles import run_process

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run both until Ctrl-C."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", default="8788")
    port = parser.parse_args().port
    pages = subprocess.Popen([sys.executable, ROOT / "scripts" / "npm.py", "run", "dev"])
    try:
        run_process(ROOT / "asxos", target=f"{sys.executable} -m asxos.cli serve --port {port}", target_type="command")
    finally:
        pages.terminate()


if __name__ == "__main__":
    main()
