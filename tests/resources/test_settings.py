"""Settings: read from the environment alone, within bounds, with a message that names the variable."""

from pathlib import Path

import pytest

from reelineage.errors import BadInput
from resources.home import open_home
from resources.settings import Settings, load_settings


def test_without_any_variable_everything_lies_in_var(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = load_settings()
    assert found.root == tmp_path / "var"
    assert found.url == f"sqlite:///{tmp_path / 'var' / 'reelineage.db'}"
    assert found.dagster_root == tmp_path / "var" / "dagster"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_means_psycopg2(scheme: str) -> None:
    assert Settings(database_url=f"{scheme}://u:p@h/d").url == "postgresql+psycopg2://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REELINEAGE_MAX_ATTEMPTS", "0"), ("REELINEAGE_MAX_ATTEMPTS", "99"), ("REELINEAGE_MAX_ATTEMPTS", "many"),
        ("REELINEAGE_CACHE_GB", "-1"), ("REELINEAGE_CACHE_GB", "much"), ("REELINEAGE_ENCODER", "x265"),
        ("REELINEAGE_RETRY_SECONDS", "-1"), ("REELINEAGE_LEASE_SECONDS", "0"), ("REELINEAGE_LEASE_SECONDS", "nan"),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=f"{name}: .*Correct the variable or unset it"):
        load_settings()


def test_the_cache_is_bounded_in_bytes_and_the_encoder_is_software_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (load_settings().cache_bytes, load_settings().encoder) == (4_000_000_000, "x264")
    monkeypatch.setenv("REELINEAGE_CACHE_GB", "0.5")
    monkeypatch.setenv("REELINEAGE_ENCODER", "auto")
    assert (load_settings().cache_bytes, load_settings().encoder) == (500_000_000, "auto")


def test_dagsters_own_home_is_honoured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert load_settings().dagster_root == tmp_path


@pytest.mark.parametrize("name", ["REELINEAGE_HOME", "DAGSTER_HOME"])
def test_a_home_in_a_dotenv_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """Dagster's commands would let it override the real environment."""
    (tmp_path / ".env").write_text(f"{name}=/somewhere/else\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=f"{name} must not stand there.*Set it in the shell instead"):
        load_settings()


def test_other_settings_may_stand_in_a_dotenv_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REELINEAGE_MAX_ATTEMPTS=7\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().max_attempts == 7
    monkeypatch.setenv("REELINEAGE_MAX_ATTEMPTS", "5")
    assert load_settings().max_attempts == 5


def test_nothing_is_opened_or_made_before_it_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "home"))
    home = open_home()
    _ = (home.database, home.store, home.queue, home.output, home.inbox, home.cache)
    assert not (tmp_path / "home").exists()
    assert open_home() is home
