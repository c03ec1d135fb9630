"""Find a Chromium for the browser tests, or install one; prints its path."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser ASXOS_CHROMIUM names, else one on the path."""
    return os.environ.get("ASXOS_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def install_chromium() -> None:
    """From the system's packages where we may, else Playwright's own download."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find_chromium() is None:
        install_chromium()
    print(find_chromium() or "playwright's own Chromium")
