"""Binary COPY over libpq itself, for a thread: whole blocks, waiting in `select`, which lets other threads run."""

import select
import socket
from collections.abc import Iterator

from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

# What the server works on while our thread waits for its turn among Python's; the system may grant less.
SEND_BUFFER = 4 * 1024 * 1024


def read_copy(pgconn: PGconn, statement: bytes) -> bytearray:
    """Every byte that a COPY TO STDOUT sends. Raises: psycopg.Error."""
    begun = _begin(pgconn, statement, ExecStatus.COPY_OUT)
    data = bytearray()
    while (message := pgconn.get_copy_data(1))[0] >= 0:
        if message[0]:
            data += message[1]
        else:
            select.select([pgconn.socket], [], [])
            pgconn.consume_input()
    _end(pgconn, begun)
    return data


def write_copy(pgconn: PGconn, statement: bytes, blocks: Iterator[memoryview]) -> None:
    """Send the rows of a binary COPY FROM STDIN, header and end added. Raises: psycopg.Error; what `blocks` raises."""
    begun = _begin(pgconn, statement, ExecStatus.COPY_IN)
    _widen(pgconn.socket)
    try:
        _send(pgconn, SIGNATURE)
        for block in blocks:
            _send(pgconn, block)
        _send(pgconn, TRAILER)
    except BaseException:
        pgconn.put_copy_end(b"the rows could not be made")
        _flush(pgconn)
        _last_result(pgconn, begun)
        raise
    pgconn.put_copy_end()
    _flush(pgconn)
    _end(pgconn, begun)


def _begin(pgconn: PGconn, statement: bytes, expected: ExecStatus) -> PGresult:
    result = pgconn.exec_(statement)
    if result.status != expected:
        raise error_from_result(result)
    return result


def _end(pgconn: PGconn, begun: PGresult) -> None:
    result = _last_result(pgconn, begun)
    if result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)


def _last_result(pgconn: PGconn, last: PGresult) -> PGresult:
    while (result := pgconn.get_result()) is not None:
        last = result
    return last


def _send(pgconn: PGconn, block: bytes | memoryview) -> None:
    """Hand a block to libpq and wait until the socket has taken it, so that no queue grows."""
    pgconn.put_copy_data(block)
    _flush(pgconn)


def _flush(pgconn: PGconn) -> None:
    while pgconn.flush():
        readable, _, _ = select.select([pgconn.socket], [pgconn.socket], [])
        if readable:
            pgconn.consume_input()


def _widen(descriptor: int) -> None:
    with socket.socket(fileno=socket.dup(descriptor)) as twin:
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
