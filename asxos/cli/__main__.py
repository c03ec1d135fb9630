"""`python -m asxos.cli`, for where the command itself is not on the path."""

from asxos.cli.app import main

main()
