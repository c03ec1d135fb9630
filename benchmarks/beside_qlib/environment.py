"""An environment of Qlib's own under build/, made at the first use; nothing of the product depends on it."""

import os
import subprocess
import sys
from pathlib import Path

PINNED = ("pyqlib==0.9.7", "mlflow==3.17.0", "lightgbm==4.7.0", "numpy==2.4.6", "pandas==3.1.1")
HOME = Path("build/qlib").resolve()
INSIDE = Path(__file__).resolve().with_name("inside.py")


def run_inside(*arguments: str | Path) -> str:
    """Run `inside.py` where Qlib is installed; what its last line of output says."""
    command = [str(_python()), str(INSIDE), *map(str, arguments)]
    # Without it the MLflow that Qlib brings refuses the folder that Qlib insists on.
    environment = os.environ | {"MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONWARNINGS": "ignore"}
    # There, because Qlib leaves its journal where it runs.
    answer = subprocess.run(command, env=environment, cwd=HOME, stdout=subprocess.PIPE, text=True, check=True)
    return answer.stdout.strip().splitlines()[-1]


def _python() -> Path:
    python, ready = HOME / "bin" / "python", HOME / ".ready"
    if not ready.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PINNED], check=True)
        ready.touch()
    return python
