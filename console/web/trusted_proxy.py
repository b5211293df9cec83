"""A proxy that signs people in (OIDC, for instance) and says who they are in a header.

Belongs here: who is believed, about whom, and which role a name has. Not here: that a change comes from a page of ours
(`guard/origins.py`), reading the settings.
"""

import re
from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from reelineage.errors import BadInput
from reelineage.text import clean_text
from resources.access import Role

Network = IPv4Network | IPv6Network
EVERYBODY_ELSE: Final = "*"
_HEADER_NAME: Final = re.compile(r"[a-z0-9-]{1,100}")
_NOT_A_NAME: Final = frozenset({"authorization", "connection", "content-length", "cookie", "host", "origin"})
_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class TrustedProxy:
    """The peers that are believed, the header (in lower case) that names a person, and the roles by name."""

    networks: tuple[Network, ...]
    header: str
    roles: tuple[tuple[str, Role], ...]

    def is_at(self, peer: str | None) -> bool:
        """Whether a connection from this address is the proxy's. A unix socket has no address and is not."""
        try:
            address = ip_address(peer or "")
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)

    def role_of(self, name: str) -> Role | None:
        """The role that the settings give to a name, or to everybody else; None when neither is said."""
        roles = dict(self.roles)
        return roles.get(name) or roles.get(EVERYBODY_ELSE)


def trusted_proxy(addresses: str | None, header: str | None, roles: str | None) -> TrustedProxy:
    """The proxy as the three settings describe it.

    Raises:
        BadInput: one of them is missing, cannot be read, or would believe everybody.
    """
    given = {
        "REELINEAGE_TRUSTED_PROXY": addresses,
        "REELINEAGE_PROXY_USER_HEADER": header,
        "REELINEAGE_PROXY_ROLES": roles,
    }
    if missing := [name for name, value in given.items() if not value]:
        raise BadInput(f"Reading REELINEAGE_AUTH=proxy: set {' and '.join(missing)} as well; see docs/security.md.")
    name = (header or "").strip().lower()
    if not _HEADER_NAME.fullmatch(name) or name in _NOT_A_NAME:
        raise BadInput(f"Reading REELINEAGE_PROXY_USER_HEADER: {name!r} is not a header that could name a person.")
    networks = tuple(_network(part.strip()) for part in (addresses or "").split(","))
    by_name = tuple(_role(part) for part in (roles or "").split(","))
    if twice := [known for known, count in Counter(known for known, _ in by_name).items() if count > 1]:
        raise BadInput(f"Reading REELINEAGE_PROXY_ROLES: {', '.join(twice)} stands there twice. Keep one role each.")
    return TrustedProxy(networks, name, by_name)


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise BadInput(
            f"Reading REELINEAGE_TRUSTED_PROXY: {error}. Give addresses or networks, with commas."
        ) from error
    if network.prefixlen == 0:
        raise BadInput(f"Reading REELINEAGE_TRUSTED_PROXY: {text} is everybody. Name the proxy's own address.")
    return network


def _role(text: str) -> tuple[str, Role]:
    name, _, role = (part.strip() for part in text.rpartition("="))
    if not name or name != clean_text(name, max_characters=_LONGEST_NAME) or role not in set(Role):
        raise BadInput(
            f"Reading REELINEAGE_PROXY_ROLES: {text.strip()!r} is not NAME=ROLE with a role of {', '.join(Role)}. "
            "An example: ada@example.org=operator,*=viewer"
        )
    return name, Role(role)
