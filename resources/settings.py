"""The one reader of the environment and of `.env`: where everything lives and which database is used.

Belongs here: settings with bounds, validated at start. The two homes never stand in a `.env`: the Dagster command line
would let it override the real environment.
"""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from reelineage.errors import BadInput

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Environment variables, read once per command or run."""

    model_config = SettingsConfigDict(
        env_prefix="REELINEAGE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(default=Path("var"), description="Folder that holds the database, artifacts, output and inbox")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; the default is SQLite under the home")
    dagster_home: Path | None = Field(
        default=None, validation_alias="DAGSTER_HOME", description="Dagster's folder; the default is under the home"
    )
    max_attempts: Annotated[int, Field(ge=1, le=20)] = Field(
        default=3, description="How often a job, and a call inside it, is tried before a person must look"
    )
    retry_seconds: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=2.0, description="Wait before the second try of a provider call; doubles each time, with jitter"
    )
    lease_seconds: Annotated[float, Field(ge=2, le=3600)] = Field(
        default=60.0, description="How long a claim holds without a sign of life from its process"
    )
    cache_gb: Annotated[float, Field(ge=0, le=10_000)] = Field(
        default=4.0, description="How many GB of encoded segments are kept for the next video; the least used go first"
    )
    encoder: Literal["x264", "auto", "nvenc", "qsv", "vaapi", "videotoolbox", "amf"] = Field(
        default="x264", description="What encodes pictures; a hardware encoder only when it really encodes, else x264"
    )
    signing_certificate: Path | None = Field(
        default=None, description="PEM file with the certificate that signs videos and its chain; else one made here"
    )
    signing_key: Path | None = Field(default=None, description="PEM file with the private key of that certificate")
    timestamp_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="A time-stamping authority (RFC 3161) for signatures; else none",
    )
    openlineage_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Where committed rows are sent as OpenLineage events; else nowhere",
    )

    auth: Literal["link", "token", "proxy"] = Field(
        default="link",
        description="How people sign in: links on this machine; links and tokens from elsewhere too; a proxy's word",
    )
    public_url: str | None = Field(
        default=None,
        max_length=300,
        pattern=r"^https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:[1-9][0-9]{0,4})?/?$",
        description="Where people reach the console when that is not this machine's own address; https, without a path",
    )
    trusted_proxy: str | None = Field(
        default=None,
        max_length=2000,
        description="Addresses or networks of the proxy that signs people in",
    )
    proxy_user_header: str | None = Field(
        default=None, max_length=100, description="The header in which that proxy names the person"
    )
    proxy_roles: str | None = Field(
        default=None, max_length=20_000, description="Roles by name: ada@example.org=operator,*=viewer"
    )

    @field_validator("public_url")
    @classmethod
    def _has_a_real_port(cls, value: str | None) -> str | None:
        urlsplit(value or "").port  # noqa: B018 — raises ValueError when the port, or an address in brackets, is none
        return value

    @property
    def root(self) -> Path:
        """The home as an absolute path."""
        return self.home.expanduser().absolute()

    @property
    def dagster_root(self) -> Path:
        """Dagster's folder as an absolute path."""
        return self.dagster_home.expanduser().absolute() if self.dagster_home else self.root / "dagster"

    @property
    def cache_bytes(self) -> int:
        """The bound of the segment cache in bytes."""
        return round(self.cache_gb * 1e9)

    @property
    def url(self) -> str:
        """The database URL; plain `postgresql://` is taken as psycopg2, which dagster-postgres uses too."""
        if self.database_url is None:
            return f"sqlite:///{self.root / 'reelineage.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg2://" + self.database_url.removeprefix(scheme)
        return self.database_url


def load_settings() -> Settings:
    """Read and validate the environment.

    Raises:
        BadInput: a variable has a value outside its bounds; names the variable.
    """
    if homes := {"REELINEAGE_HOME", "DAGSTER_HOME"} & set(dotenv_values(".env")):
        raise BadInput(
            f"Reading .env: {' and '.join(sorted(homes))} must not stand there, because Dagster's commands would let "
            "it override the real environment. Set it in the shell instead."
        )
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(f"REELINEAGE_{str(p['loc'][0]).upper()}: {p['msg']}" for p in error.errors())
        raise BadInput(f"Reading the environment: {problems}. Correct the variable or unset it.") from error


def unknown_variables() -> list[str]:
    """Variables that look like settings and are none, in the environment or `.env`: probably spelled wrong."""
    known = {f"REELINEAGE_{name.upper()}" for name in Settings.model_fields}
    given = {*os.environ, *dotenv_values(".env")}
    return sorted(name for name in given if name.upper().startswith("REELINEAGE_") and name.upper() not in known)
