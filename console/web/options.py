"""How one console is served: where it is reached, by whom, and whether anything may be changed through it.

Belongs here: the values that the guard, the pages and the API all read, and whether they go together. Not here: the
environment (`resources/settings.py`), starting processes (`console/up.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from console.web.trusted_proxy import TrustedProxy, trusted_proxy
from reelineage.errors import BadInput
from resources.settings import Settings

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Options:
    """What `reelineage up` was asked for.

    `host` is the address that is listened on, `public_url` where people reach it when that is elsewhere (scheme, name
    and port, no path), `proxy` who signs people in instead of links, and `dagster_socket` where Dagster's own web
    server listens, None when it is not part of this console.
    """

    host: str = "127.0.0.1"
    port: int = 3000
    public_url: str | None = None
    read_only: bool = False
    dagster_socket: Path | None = None
    proxy: TrustedProxy | None = None

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """The origin of our pages for every Host that is answered: loopback's names, and the public one."""
        addresses = [f"http://{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]")]
        if self.public_url:
            addresses.append(self.public_url)
        return {host: origin for address in addresses for host, origin in _door(address)}

    @property
    def address(self) -> str:
        """Where people open the console."""
        return self.public_url.rstrip("/") if self.public_url else f"http://127.0.0.1:{self.port}"

    def is_secure_at(self, host: str) -> bool:
        """Whether who asks for this Host does so by https."""
        return self.origins.get(host.lower(), "").startswith("https:")


def checked_options(settings: Settings, host: str, port: int, *, read_only: bool = False) -> Options:
    """The options that settings and command line ask for together.

    Another address than loopback is listened on only with a way of signing in that was chosen for it
    (`REELINEAGE_AUTH`), and with a public address that is https, or loopback's own when a container publishes it there.

    Raises:
        BadInput: they do not go together, or would let strangers in; says what to set.
    """
    doing = f"Serving the console on {host}"
    public = settings.public_url
    if public and not public.startswith("https://") and not _is_loopback(urlsplit(public).hostname or ""):
        raise BadInput(
            f"{doing}: REELINEAGE_PUBLIC_URL is {public}, and without https anybody on the way reads the sessions. "
            "Put a proxy with a certificate in front and give its https address."
        )
    if not _is_loopback(host):
        if settings.auth == "link":
            raise BadInput(
                f"{doing}: others could reach it, so say how they sign in. Set REELINEAGE_AUTH to token or proxy, and "
                "REELINEAGE_PUBLIC_URL (see docs/security.md); or leave --host out to stay on this machine."
            )
        if not public:
            raise BadInput(
                f"{doing}: say under which address people reach it. Set REELINEAGE_PUBLIC_URL to an https address; "
                "only requests for that name are answered."
            )
    proxy = None
    if settings.auth == "proxy":
        proxy = trusted_proxy(settings.trusted_proxy, settings.proxy_user_header, settings.proxy_roles)
    return Options(host=host, port=port, public_url=public, read_only=read_only, proxy=proxy)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _door(address: str) -> list[tuple[str, str]]:
    """The Host headers that mean this address, each with the Origin its pages send: both leave a usual port out."""
    parts = urlsplit(address.lower())
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = _DEFAULT_PORTS[parts.scheme]
    if (parts.port or usual) == usual:
        origin = f"{parts.scheme}://{name}"
        return [(f"{name}", origin), (f"{name}:{usual}", origin)]
    return [(f"{name}:{parts.port}", f"{parts.scheme}://{name}:{parts.port}")]
