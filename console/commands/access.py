"""`reelineage access`: who may use the console, and how they get in.

Belongs here: making, listing and ending ways in. Not here: what a role may do (`console/web/guard`).
"""

from datetime import UTC, datetime, timedelta

import click

from console.web.options import checked_options
from console.whereabouts import port_of
from reelineage.errors import BadInput, NotFound
from reelineage.models import AccessKey
from resources.access import SIGN_IN_LIFETIME, Role, end_key, keys, make_key, owner_name
from resources.home import existing_home, open_home

_ROLE = click.Choice([role.value for role in Role])
_KINDS = {"sign_in": "link", "session": "session", "token": "token"}


@click.group()
def access() -> None:
    """Let people and programs into the console, and shut them out again.

    A viewer reads everything, a reviewer also decides and edits, an operator also makes, retries and cancels jobs.
    """


@access.command()
@click.option("--name", help="For whom: decisions carry it. Without it the person may choose a name.")
@click.option("--role", type=_ROLE, default=Role.OPERATOR.value, show_default=True)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where `up` listens; without it where it does now, or 3000."
)
def link(name: str | None, role: str, port: int | None) -> None:
    """Print a link that signs one person in, once, within 15 minutes."""
    home = open_home()
    options = checked_options(home.settings, "127.0.0.1", port or port_of(home))
    if options.proxy:
        raise BadInput("Making a link: with REELINEAGE_AUTH=proxy the proxy signs people in. Give them a role there.")
    key = make_key(home.database, "sign_in", name or owner_name(), Role(role), lifetime=SIGN_IN_LIFETIME)
    click.echo(f"{options.address}/sign-in?key={key}")


@access.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True)
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lasts; without it until it is revoked.")
def token(name: str, role: str, days: int | None) -> None:
    """Print an API token for NAME, once; programs send it as `Authorization: Bearer TOKEN`."""
    lifetime = timedelta(days=days) if days else None
    click.echo(make_key(open_home().database, "token", name, Role(role), lifetime=lifetime))
    click.echo("Keep it now: it is not stored and cannot be shown again.", err=True)


@access.command("list")
def list_keys() -> None:
    """Links, sessions and tokens, the newest first, and which of them still work."""
    for key in keys(existing_home().database):
        click.echo(
            f"{key.id:>6}  {_KINDS[key.kind]:<7}  {key.role:<8}  {key.created_at:%Y-%m-%d %H:%M}  "
            f"{_state(key, datetime.now(UTC)):<28}  {key.name}"
        )


@access.command()
@click.argument("key_id", type=click.IntRange(1, 2**63 - 1))
def revoke(key_id: int) -> None:
    """End a link, session or token by its number in `access list`."""
    if not end_key(existing_home().database, key_id):
        raise NotFound(f"Ending way in {key_id}: it ended before or never was. `reelineage access list` shows them.")
    click.echo(f"Way in {key_id} is ended; a running console notices within seconds.")


def _state(key: AccessKey, now: datetime) -> str:
    if key.ended_at:
        return f"ended {key.ended_at:%Y-%m-%d %H:%M}"
    if key.expires_at is None:
        return "works until it is revoked"
    return f"{'expired' if key.expires_at <= now else 'works until'} {key.expires_at:%Y-%m-%d %H:%M}"
