"""Settings: the file, the environment over it, and words for everything that is wrong."""

import tomllib
from pathlib import Path

import pytest

from bot.config import Settings, all_keys, load_settings
from bot.core.errors import SettingsError
from bot.core.follow import Follow, Mode

ROOT = Path(__file__).resolve().parents[1]
FOLLOW = '[[follows]]\nname = "a"\nplace = "console:main"\ncategories = ["cs.AI"]\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, '[arxiv]\nfeed_url = "https://one.example.org"\n')
    settings = load_settings(file, {"COPECHECK_ARXIV__FEED_URL": "http://127.0.0.1:9/"})
    assert settings.arxiv.feed_url == "http://127.0.0.1:9"


def test_lists_and_tables_come_from_the_environment_as_json(tmp_path: Path) -> None:
    follows = '[{"name": "a", "place": "console:main", "categories": ["cs.AI", "econ.GN"]}]'
    settings = load_settings(written(tmp_path, ""), {"COPECHECK_FOLLOWS": follows})
    assert settings.follows[0].categories == ("cs.AI", "econ.GN")


@pytest.mark.parametrize(
    ("name", "path"),
    [("COPECHECK_WORK__LEASE_SECONDS", "work"), ("COPECHECK_PLATFORMS__CONSOLE__FAULTS__SEED", "platforms")],
)
def test_any_key_can_be_set_by_environment(tmp_path: Path, name: str, path: str) -> None:
    settings = load_settings(written(tmp_path, ""), {name: "7"})
    assert "7" in str(getattr(settings, path))


def test_the_settings_file_is_named_by_option_then_environment(tmp_path: Path) -> None:
    named = written(tmp_path, "[work]\nlease_seconds = 11\n")
    other = tmp_path / "other.toml"
    other.write_text("[work]\nlease_seconds = 22\n")
    assert load_settings(None, {"COPECHECK_CONFIG": str(named)}).work.lease_seconds == 11
    assert load_settings(other, {"COPECHECK_CONFIG": str(named)}).work.lease_seconds == 22


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(None, {}).store_url == "copecheck.db"


def test_the_store_lies_beside_the_settings_file(tmp_path: Path) -> None:
    assert Path(load_settings(written(tmp_path, ""), {}).store_url) == tmp_path / "copecheck.db"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[arxiv]\nfedurl = "x"\n', ["arxiv.fedurl", "did you mean arxiv.feed_url"]),
        (FOLLOW + "mod = 'top'\n", ["follows.0.mod", "follows.mode"]),
        ('[arxiv]\nfeed_url = "ftp://x"\n', ["arxiv.feed_url", "http://"]),
        ("[arxiv]\nrequest_gap_seconds = 0\n", ["request_gap_seconds", "this machine"]),
        (FOLLOW + 'zone = "Mars/Base"\n', ["follows.0.zone", "Europe/Berlin"]),
        (FOLLOW + 'types = ["replace"]\n', ["follows.0.types", "replacements never post"]),
        (FOLLOW + FOLLOW, ["follows", "its own name"]),
        (FOLLOW.replace("console:main", "main"), ["follows.0.place", "platform:channel"]),
        ("base = 'x'\n", ["base", "no such setting"]),
        ("[arxiv\n", ["not TOML", "Mend"]),
        ("[platforms.console.faults]\ndrop_after = 3\n", ["drop_after", "less than or equal to 1"]),
        ("[platforms.console.faults]\ndelay_ms = 100000000000000000000\n", ["delay_ms", "less than or equal to"]),
        ("[work]\nlease_seconds = inf\n", ["work.lease_seconds"]),
        ("[work]\nlease_seconds = 1e12\n", ["work.lease_seconds", "less than or equal to"]),
        ("[work]\nkeep_done_days = 1000000000000\n", ["work.keep_done_days", "less than or equal to"]),
        ("[limits]\nperson_usd_a_day = nan\n", ["limits.person_usd_a_day"]),
        (FOLLOW + "hour = 9\n", ["follows.0.hour", '"09:00"']),
        (FOLLOW + 'hour = "09:00+02:00"\n', ["follows.0.hour", '"09:00"']),
        (FOLLOW.replace("console:main", "console:a|b"), ["follows.0.place", "platform:channel"]),
        (FOLLOW.replace("console:main", "console:a b"), ["follows.0.place", "platform:channel"]),
        ('[[model.endpoints]]\nbase_url = "http://x/v1?key=s"\nmodel = "m"\n', ["base_url", "api_key"]),
        ('[log]\nlevel = "loud"\n', ["log.level: must be one of debug, info, warning, error."]),
        (FOLLOW.replace('name = "a"\n', ""), ["follows.0.name: is required."]),
        ("[slack]\napp_token = 'xapp-1'\n", ["slack", "bot_token is not set"]),
        ("x = " + "[" * 5000 + "]" * 5000, ["nested too deeply"]),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, text), {})
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_name_in_the_environment_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"work\.lease_seconds"):
        load_settings(written(tmp_path, ""), {"COPECHECK_WORK__LEASE_SECOND": "3"})


def test_the_stores_address_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://u:hunter2@h/x\n", encoding="utf-8")
    settings = load_settings(written(tmp_path, ""), {"COPECHECK_STORE__URL_FILE": str(secret)})
    assert settings.store_url == "postgresql://u:hunter2@h/x"


def test_a_part_of_a_list_in_the_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COPECHECK_FOLLOWS__0__HOUR"):
        load_settings(written(tmp_path, FOLLOW), {"COPECHECK_FOLLOWS__0__HOUR": "10:00"})


def test_a_named_file_that_is_missing_is_an_error() -> None:
    with pytest.raises(SettingsError, match="copecheck init"):
        load_settings(Path("/nowhere/config.toml"), {})


def test_bad_json_in_the_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COPECHECK_ARXIV__ALLOWED_HOSTS"):
        load_settings(written(tmp_path, ""), {"COPECHECK_ARXIV__ALLOWED_HOSTS": "[nonsense"})


def test_a_follow_of_the_settings_has_the_defaults_of_a_new_follow(tmp_path: Path) -> None:
    follow = load_settings(written(tmp_path, FOLLOW), {}).follows[0].follow()
    assert follow == Follow(name="a", place=follow.place, categories=("cs.AI",))
    assert (follow.mode, follow.cards, follow.limit, follow.weekdays) == (Mode.TOP, 5, 10, (0, 1, 2, 3, 4))


def test_every_key_stands_in_the_example() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    for key in all_keys():
        name = key.rpartition(".")[2]
        assert name in text, f"{key} is not in config.example.toml"


def test_the_example_is_good_and_shows_the_defaults(tmp_path: Path) -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    shown = load_settings(written(tmp_path, text), {})
    table = tomllib.loads(text)
    for section in ("arxiv", "text", "work", "limits", "health", "log"):
        assert getattr(shown, section) == getattr(Settings(), section), section
    assert set(table["follows"][0]) == set(type(shown.follows[0]).model_fields)
    assert shown.follows[0].follow() == Follow(
        name="first", place=shown.follows[0].follow().place, categories=("cs.AI",)
    )
