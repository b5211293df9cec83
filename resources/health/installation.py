"""This installation: its settings, its home and who may read its secrets, Dagster's folder, the console's port.

Belongs here: what a person set up, or forgot. Not here: what the machine has (`machine.py`), what works in a home that
is set up (the other probes). Looking makes nothing: a wrong name must not make a home.
"""

import http.client
import json
import os
import socket
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from reelineage.errors import BadInput
from resources.health.readings import Probe, Reading, Status
from resources.home import Home
from resources.settings import Settings, load_settings, unknown_variables

_OTHERS: Final = 0o077
_SECRETS: Final = ("access-token", "authority", "authority/root.key", "authority/leaf.pem")
_SECONDS: Final = 3.0
_MOST_BYTES: Final = 10_000


def look_at_settings() -> Iterator[Reading]:
    """Whether the environment and `.env` can be read, and hold no name that nothing reads."""
    try:
        load_settings()
    except BadInput as error:  # its message says what to do
        yield Reading("settings", Status.BAD, str(error))
        return
    if unknown := unknown_variables():
        seen = f"Nothing reads {', '.join(unknown)}."
        yield Reading("settings", Status.WARN, seen, "Correct the name, or unset it; .env.example has all of them.")
        return
    yield Reading("settings", Status.OK, "The environment and .env can be read.")


def installation_probes(home: Home, port: int) -> tuple[Probe, ...]:
    """What can be looked at whether or not the home exists yet."""
    return (
        Probe("home", partial(look_at_home, home)),
        Probe("secrets", partial(look_at_secrets, home)),
        Probe("dagster_home", partial(look_at_dagster_home, home.settings)),
        Probe("port", partial(look_at_port, port)),
    )


def exists(home: Home) -> bool:
    """Whether there is anything to look at: the home's own database, or one that the settings name."""
    return home.settings.database_url is not None or (home.root / "reelineage.db").is_file()


def look_at_home(home: Home) -> Iterator[Reading]:
    """Whether the home is there and may be written."""
    root = home.root
    if not root.exists():
        advice = "`reelineage make THEME` or `reelineage up` makes it; or set REELINEAGE_HOME to yours."
        yield Reading("home", Status.WARN, f"{root} does not exist yet.", advice)
    elif not root.is_dir() or not os.access(root, os.W_OK | os.X_OK):
        yield Reading("home", Status.BAD, f"{root} is no folder that this user may write to.", "Make it writable.")
    elif not exists(home):
        advice = "If that is unexpected, REELINEAGE_HOME names the wrong folder."
        yield Reading("home", Status.WARN, f"{root} holds no database yet.", advice)
    else:
        yield Reading("home", Status.OK, f"{root} is there and writable.")


def look_at_secrets(home: Home) -> Iterator[Reading]:
    """Whether anybody else may read the installation's token or its keys."""
    looked = [home.root / name for name in _SECRETS if (home.root / name).exists()]
    open_to_others = [path for path in looked if stat.S_IMODE(path.stat().st_mode) & _OTHERS]
    if open_to_others:
        named = " ".join(str(path) for path in open_to_others)
        advice = f"Run `chmod go-rwx {named}`; if somebody else may have read them, delete them: new ones are made."
        yield Reading("secrets", Status.BAD, f"Others on this machine may read {named}.", advice)
    else:
        yield Reading("secrets", Status.OK, "Nobody else may read the token and the keys." if looked else "None yet.")


def look_at_dagster_home(settings: Settings) -> Iterator[Reading]:
    """Whether DAGSTER_HOME, when it is set, belongs to this home: one that was left over from another is a trap."""
    folder, own = settings.dagster_root, settings.root / "dagster"
    if folder == own:
        yield Reading("dagster_home", Status.OK, f"Dagster's folder is {folder}.")
        return
    if _same(folder, own):
        yield Reading("dagster_home", Status.OK, f"DAGSTER_HOME names the home's own folder as {folder}.")
        return
    seen = f"DAGSTER_HOME is {folder}, outside of the home {settings.root}."
    advice = 'Meant so? Then all is well. Else unset it, or run `eval "$(reelineage env)"`.'
    yield Reading("dagster_home", Status.WARN, seen, advice)


def look_at_port(port: int) -> Iterator[Reading]:
    """Whether `reelineage up` could listen, or is there already."""
    with socket.socket() as probe:
        probe.settimeout(_SECONDS)
        if probe.connect_ex(("127.0.0.1", port)):
            yield Reading("port", Status.OK, f"Nothing listens on port {port}: `reelineage up` can.")
            return
    status = _console_status(port)
    if status is None:
        seen = f"Port {port} is taken, and no console answers there."
        yield Reading("port", Status.WARN, seen, "Give `reelineage up` another one with --port.")
        return
    yield Reading("port", Status.OK, f"A console answers on port {port}: its health is {status}.")


def _console_status(port: int) -> str | None:
    """What the console's open health answer says, None when it is no console that answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", "/health")
        found = json.loads(connection.getresponse().read(_MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    status = found.get("status") if isinstance(found, dict) else None
    return status if status in ("ok", "degraded", "bad") else None


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
