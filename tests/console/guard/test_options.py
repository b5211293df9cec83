"""Where the console may be served, under which names, and that nobody opens it wider than was meant."""

import pytest

from console.web.options import Options, checked_options
from reelineage.errors import BadInput
from resources.settings import Settings, load_settings

_PROXY = {"trusted_proxy": "10.0.0.2", "proxy_user_header": "X-Forwarded-User", "proxy_roles": "*=viewer"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_loopback_needs_no_settings(host: str) -> None:
    options = checked_options(Settings(), host, 3000)
    assert (options.host, options.proxy, options.address) == (host, None, "http://127.0.0.1:3000")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "studio.example", "", "127.0.0.1.example"])  # noqa: S104 — refused here
def test_any_other_address_is_refused_until_a_way_of_signing_in_was_chosen(host: str) -> None:
    with pytest.raises(BadInput, match="Set REELINEAGE_AUTH to token or proxy"):
        checked_options(Settings(), host, 3000)
    with pytest.raises(BadInput, match="Set REELINEAGE_AUTH to token or proxy"):
        checked_options(Settings(public_url="https://studio.example"), host, 3000)
    with pytest.raises(BadInput, match="Set REELINEAGE_PUBLIC_URL to an https address"):
        checked_options(Settings(auth="token"), host, 3000)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 — checked, not listened on
def test_a_public_address_without_https_is_refused_wherever_the_console_listens(host: str) -> None:
    with pytest.raises(BadInput, match="without https anybody on the way reads the sessions"):
        checked_options(Settings(auth="token", public_url="http://studio.example"), host, 3000)


def test_a_container_may_be_published_on_the_machines_own_loopback() -> None:
    options = checked_options(Settings(auth="token", public_url="http://localhost:8080"), "0.0.0.0", 3000)  # noqa: S104 — a container's
    assert options.origins["localhost:8080"] == "http://localhost:8080"
    assert not options.is_secure_at("localhost:8080")


def test_a_public_address_is_answered_by_its_name_alone_and_is_secure() -> None:
    options = checked_options(Settings(auth="token", public_url="https://Studio.example/"), "0.0.0.0", 3000)  # noqa: S104 — checked
    assert options.origins["studio.example"] == options.origins["studio.example:443"] == "https://studio.example"
    assert options.is_secure_at("STUDIO.example")
    assert not options.is_secure_at("127.0.0.1:3000")
    assert not options.is_secure_at("evil.example")
    assert set(options.origins) == {
        "studio.example", "studio.example:443", "127.0.0.1:3000", "localhost:3000", "[::1]:3000",
    }  # fmt: skip


def test_a_browser_leaves_usual_ports_out_and_names_all_others() -> None:
    assert Options(port=80).origins["localhost"] == "http://localhost"
    assert Options(port=80).origins["[::1]:80"] == "http://[::1]"
    assert "localhost" not in Options(port=3000).origins
    assert "localhost" not in Options(port=443).origins, "http on 443 is not usual"
    assert Options(public_url="https://[fd00::1]:8443").origins["[fd00::1]:8443"] == "https://[fd00::1]:8443"


def test_a_proxy_is_asked_for_with_all_its_settings() -> None:
    settings = Settings(auth="proxy", public_url="https://studio.example", **_PROXY)  # type: ignore[arg-type]  # text fields
    proxy = checked_options(settings, "0.0.0.0", 3000).proxy  # noqa: S104 — checked, not listened on
    assert proxy
    assert proxy.is_at("10.0.0.2")
    with pytest.raises(BadInput, match="REELINEAGE_PROXY_ROLES as well"):
        checked_options(Settings(auth="proxy", **_PROXY | {"proxy_roles": None}), "127.0.0.1", 3000)  # type: ignore[arg-type]  # as above
    assert checked_options(Settings(**_PROXY), "127.0.0.1", 3000).proxy is None  # type: ignore[arg-type]  # as above


def test_reading_only_is_passed_on() -> None:
    assert checked_options(Settings(), "127.0.0.1", 3000, read_only=True).read_only


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REELINEAGE_AUTH", "none"), ("REELINEAGE_AUTH", "oidc"), ("REELINEAGE_PUBLIC_URL", "studio.example"),
        ("REELINEAGE_PUBLIC_URL", "https://studio.example/console"), ("REELINEAGE_PUBLIC_URL", "https://u:p@studio.example"),
        ("REELINEAGE_PUBLIC_URL", "https://studio.example:99999"), ("REELINEAGE_PUBLIC_URL", "ftp://studio.example"),
        ("REELINEAGE_PUBLIC_URL", "https://[::::]"), ("REELINEAGE_PUBLIC_URL", "https://a.example,b.example"),
        ("REELINEAGE_PUBLIC_URL", "https://studio.example?x"), ("REELINEAGE_PUBLIC_URL", "https://studio.example\n"),
    ],
)  # fmt: skip
def test_a_setting_that_is_no_way_in_or_no_address_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=f"{name}: "):
        load_settings()
