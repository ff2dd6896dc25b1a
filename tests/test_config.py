"""Settings: the file, the environment over it, and words for everything that is wrong."""

import tomllib
from pathlib import Path

import pytest

from bot.config.settings import Settings, all_keys, load_settings, refuse_wrong_follows
from bot.core.errors import SettingsError
from bot.core.follows.follow import Follow, Mode

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
        ('[arxiv]\nfedurl = "x"\n', "arxiv.fedurl: there is no such setting; did you mean arxiv.feed_url?"),
        (FOLLOW + "mod = 'top'\n", "mod of the first [[follows]]: there is no such setting; did you mean mode?"),
        ("[health]\ntoken = 'short'\n", "health.token: is too short; use at least 16 signs."),
        ("[limits]\nusd_a_day = 1\n", "limits.usd_a_day: there is no such setting; did you mean model.usd_a_day?"),
        ("[platforms.discord]\ntoken = 'x'\n", "platforms.discord: there is no such setting; did you mean discord?"),
        (FOLLOW + 'categories = ["cs.LG"]\n', "(at line 5, column 23). It stands there twice: keep one."),
        ("[arxiv]\ncontact = me@example.org\n", 'column 11). Write texts in quotation marks, like "words".'),
        ("zzzz = 'x'\n", "zzzz: there is no such setting; config.example.toml has every key."),
        ('[arxiv]\nfeed_url = "ftp://x"\n', "arxiv.feed_url: must be an address that begins with http:// or https://."),
        (
            "[arxiv]\nrequest_gap_seconds = 0\n",
            "arxiv: request_gap_seconds may be under 3 only when all three addresses are on this machine.",
        ),
        (
            FOLLOW + 'zone = "Mars/Base"\n',
            "zone of the first [[follows]]: 'Mars/Base' is no time zone; use a name like Europe/Berlin or",
        ),
        (
            FOLLOW + 'types = ["replace"]\n',
            'types of the first [[follows]]: replacements never post; use "new" and "cross".',
        ),
        (FOLLOW + FOLLOW, "follows: two follows are named 'a'; give each its own name."),
        (
            FOLLOW.replace("console:main", "main"),
            "place of the first [[follows]]: 'main' is not of the form platform:channel; write a place like \"console:",
        ),
        (FOLLOW.replace("console:main", "console:a|b"), "platform:channel; write a place like"),
        (FOLLOW.replace("console:main", "console:a b"), "platform:channel; write a place like"),
        ("[arxiv\n", "is not TOML: Expected ']' at the end of a table declaration (at line 1, column 7). Correct"),
        ("x = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        (
            "[platforms.console.faults]\ndrop_after = 3\n",
            "platforms.console.faults.drop_after: 3 is out of bounds; write a number from 0 to 1.",
        ),
        ("[platforms.console.faults]\ndelay_ms = 100000000000000000000\n", "write a whole number from 0 to 3600000."),
        (
            "[work]\nlease_seconds = inf\n",
            "work.lease_seconds: inf is not a number; write a number over 0, 31536000 at",
        ),
        (
            "[work]\nlease_seconds = 1e12\n",
            "work.lease_seconds: 1000000000000.0 is out of bounds; write a number over 0",
        ),
        ("[work]\nkeep_done_days = 1000000000000\n", "is out of bounds; write a whole number from 1 to 36500."),
        (
            "[limits]\nperson_usd_a_day = nan\n",
            "limits.person_usd_a_day: nan is not a number; write a number from 0 on.",
        ),
        (FOLLOW + "hour = 9\n", 'hour of the first [[follows]]: "9" is no hour of the day; write it like "09:00".'),
        (FOLLOW + 'hour = "25:00"\n', 'hour of the first [[follows]]: "25:00" is no hour of the day; write it like'),
        (
            FOLLOW + 'hour = "09:00+02:00"\n',
            'hour of the first [[follows]]: "09:00+02:00" is no hour of the day; write',
        ),
        (
            FOLLOW + FOLLOW.replace('"a"', '"b"') + "weekdays = [0, 7]\n",
            "the second of weekdays of the second [[follows]]: 7 is out of bounds; write a number from 0 to 6.",
        ),
        (FOLLOW + 'mode = "best"\n', 'mode of the first [[follows]]: "best" is none of these: top, every, digest.'),
        (
            FOLLOW.replace('["cs.AI"]', '"cs.AI"'),
            'categories of the first [[follows]]: "cs.AI" is no list; write one in square brackets, like ["cs.AI"].',
        ),
        (FOLLOW.replace('["cs.AI"]', "[]"), "categories of the first [[follows]]: must not be empty; write at least"),
        (FOLLOW.replace('name = "a"\n', ""), "name of the first [[follows]]: is required, and not there; add it."),
        (FOLLOW.replace("[[follows]]", "[follows]"), "follows: is no list of tables; begin each of them with a line"),
        (
            '[[model.endpoints]]\nbase_url = "http://x/v1?key=s"\nmodel = "m"\n',
            "base_url of the first [[model.endpoints]]: must end before any ? or #; a key goes into api_key.",
        ),
        ('[slack]\nport = "abc"\n', 'slack.port: "abc" is not a whole number; write a whole number from 0 to 65535.'),
        ('[log]\nlevel = "loud"\n', 'log.level: "loud" is none of these: debug, info, warning, error.'),
        ("[discord]\nmessage_content = 'maybe'\n", '"maybe" is neither yes nor no; write true or false.'),
        ("[discord]\ntoken = 123\n", "discord.token: what stands there is no text; write it in quotation marks"),
        ("[access]\noperators = ['me']\n", 'the first of access.operators: "me" is no person; write one like "disc'),
        (
            "[slack]\napp_token = 'xapp-1'\n",
            "slack: bot_token is not set, and app_token or signing_secret is; set it too.",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_cause_and_remedy(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, text), {})
    assert words in str(caught.value)
    for foreign in ("Input should", "should be", "validation", "follows.0", "Value error", "pattern"):
        assert foreign not in str(caught.value)


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


def test_a_category_of_the_settings_that_arxiv_does_not_have_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the nearest is") as refusal:
        load_settings(written(tmp_path, FOLLOW.replace("cs.AI", "cs.AII")), {})
    assert "no arXiv category" in str(refusal.value)
    in_small = load_settings(written(tmp_path, FOLLOW.replace("cs.AI", "cs.ai")), {})
    assert in_small.follows[0].categories == ("cs.AI",)


def test_the_days_without_mailing_are_days_of_a_year(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no_mailing"):
        load_settings(written(tmp_path, '[arxiv]\nno_mailing = ["Christmas"]\n'), {})
    none = load_settings(written(tmp_path, "[arxiv]\nno_mailing = []\n"), {})
    assert none.arxiv.no_mailing == ()


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


def test_a_token_that_is_missing_is_named_with_where_to_set_it(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, FOLLOW.replace("console:main", "discord:1")), {})
    with pytest.raises(SettingsError, match=r"discord\.token is not set") as refusal:
        refuse_wrong_follows(settings, ["discontinuity"])
    assert 'a line token = "…" below [discord] in the settings file' in str(refusal.value)
    assert "COPECHECK_DISCORD__TOKEN in the environment" in str(refusal.value)


def test_every_follow_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    elsewhere = FOLLOW.replace("console:main", "irc:1").replace('name = "', 'name = "other-')
    settings = load_settings(written(tmp_path, f'{FOLLOW}lens = "nope"\n{elsewhere}'), {})
    with pytest.raises(SettingsError) as refusal:
        refuse_wrong_follows(settings, ["discontinuity", "plain"])
    assert "wants the lens 'nope', which there is not. There are: discontinuity, plain." in str(refusal.value)
    assert "posts to irc:1: no such platform." in str(refusal.value)


def test_every_setting_of_0_1_is_read_but_for_the_one_whose_least_is_named(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "corpus" / "settings_0.1.toml").read_text(encoding="utf-8")
    old = load_settings(written(tmp_path, text), {})
    assert old.follows[0].categories == ("cs.AI",)
    with pytest.raises(SettingsError, match="0 is out of bounds; write a whole number from 16 to"):
        load_settings(written(tmp_path, "[text]\ncache_megabytes = 0\n"), {})
