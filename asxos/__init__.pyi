from asxos import lab as lab
from asxos.lab import Lab as Lab
from asxos.lab import Run as Run
from asxos.lab import open as open  # noqa: A004 - read as asxos.open
from asxos.lab import simulate as simulate

__version__: str
