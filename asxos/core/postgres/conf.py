"""The server's settings, written anew at each start and sized to the machine."""

import os
import shutil
from pathlib import Path

_MB = 1024 * 1024
_CGROUP_LIMITS = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory() -> int:
    """Bytes this process may use: the machine's, or its container's if less."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    texts = [path.read_text(encoding="ascii").strip() for path in _CGROUP_LIMITS if path.is_file()]
    return min([*limits, *(int(text) for text in texts if text.isdigit())])


def render_conf(socket_dir: Path, memory: int) -> str:
    """postgresql.conf for a machine with `memory` bytes. A setting of one's own goes in by ALTER SYSTEM, which wins."""
    shared = max(128, min(512, memory // 16 // _MB))
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "cluster_name": "asxos",
        "max_connections": "200",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory // 2 // _MB)}MB",
        "work_mem": f"{max(4, min(32, memory // 256 // _MB))}MB",
        "maintenance_work_mem": f"{max(64, min(256, memory // 16 // _MB))}MB",
        "dynamic_shared_memory_type": _shared_memory_type(),
        "fsync": "on",
        "synchronous_commit": "on",
        "wal_compression": "on",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "client_connection_check_interval": "2s",  # a long query ends soon after its client was killed
        "log_min_duration_statement": "5s",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return "\n".join(["# Written by asxos at each start; change settings with ALTER SYSTEM instead.", *lines, ""])


def _shared_memory_type() -> str:
    """Containers often have 64 MB of /dev/shm, too little for parallel queries: files then."""
    shm = Path("/dev/shm")  # noqa: S108 - only looked at
    return "posix" if not shm.exists() or shutil.disk_usage(shm).total >= 256 * _MB else "mmap"
