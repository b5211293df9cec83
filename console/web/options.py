"""How one console is served: where it is reached, by whom, and whether anything may be changed through it.

Belongs here: the values that the guard, the pages and the API all read. Not here: the environment
(`resources/settings.py`), starting processes (`console/up.py`).
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What `reelineage up` was asked for.

    `hosts` are the values of a Host header that are answered, each with its port; `dagster_socket` is where Dagster's
    own web server listens, None when it is not part of this console.
    """

    port: int = 3000
    hosts: tuple[str, ...] = ()
    secure: bool = False
    read_only: bool = False
    dagster_socket: Path | None = None

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Every Host that is ours: loopback's names with the port, and those that were named."""
        names = ("127.0.0.1", "localhost", "[::1]")
        return frozenset({f"{name}:{self.port}" for name in names} | set(self.hosts))
