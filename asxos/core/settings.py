"""Every setting of the system, read once from `ASXOS_*` environment variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen; made in `bootstrap` or a test, never at import."""

    model_config = SettingsConfigDict(env_prefix="ASXOS_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=lambda: Path.home() / ".asxos")
    """Where the embedded database and logs live."""
    database_url: str | None = None
    """An external PostgreSQL; unset, the embedded one under `home` is used."""
    models_config: Path | None = None
    """Another models.yaml than the one shipped."""
    provider: Literal["yahoo", "eodhd"] | None = None
    """Where the timetable fetches each session's prices; unset, it fetches none."""
    eodhd_api_key: SecretStr | None = None
    tax_reform: bool = True
    """Whether the capital gains rules of 1 July 2027 are taken to be law; their assent was not seen yet."""
    compute: str = ""
    """Where folds and sweeps run; see `core/compute.py`."""
    pool_size: int = Field(default=10, ge=8, le=200)
    """Connections a process; a worker's three jobs and three deliveries at once need one each."""
    log_level: str = "WARNING"
    log_json: bool = False
    host: str = "127.0.0.1"
