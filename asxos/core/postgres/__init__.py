"""A real PostgreSQL inside the application: found, created, shared by processes, and stopped when the last one is gone.

Use `asxos.core.postgres.server.EmbeddedPostgres`; nothing else here is meant for outside. Linux and macOS.

    app process --flock(shared)--> lease <--flock(exclusive) when nobody is left-- supervisor --parent of--> postgres

The kernel drops a lock on any death, `kill -9` too, so no process has to say goodbye.
"""
