"""The operator's settings: what is taken, and how each mistake is named."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings

NO_FILE = Path("there is none.toml")

GOOD = [
    ("nothing", {}, "", Settings()),
    ("a name in the file", {}, "http_port = 9000", Settings(http_port=9000)),
    ("the variable's name in the file", {}, "GONGZHI_HTTP_PORT = 9000", Settings(http_port=9000)),
    ("a port in quotes", {}, 'http_port = "9000"', Settings(http_port=9000)),
    ("a port that the system chooses", {"GONGZHI_HTTP_PORT": "0"}, "", Settings(http_port=0)),
    ("the highest port", {"GONGZHI_HTTP_PORT": "65535"}, "", Settings(http_port=65535)),
    ("the environment wins", {"GONGZHI_LOG": "json"}, 'log = "human"', Settings(log="json")),
    (
        "each from its own place",
        {"GONGZHI_LOG": "json"},
        'http_host = "0.0.0.0"',
        Settings(log="json", http_host="0.0.0.0"),  # noqa: S104
    ),
    ("other programs' variables", {"PATH": "/bin", "HTTP_PORT": "x"}, "", Settings()),
    ("blanks around", {"GONGZHI_HTTP_HOST": " ::1 "}, "", Settings(http_host="::1")),
    (
        "the short name of PostgreSQL",
        {"GONGZHI_DATABASE_URL": "postgres://u:p@h/d"},
        "",
        Settings(database_url="postgresql://u:p@h/d"),
    ),
    (
        "PostgreSQL through a socket",
        {"GONGZHI_DATABASE_URL": "postgresql:///d?host=/run/postgresql"},
        "",
        Settings(database_url="postgresql:///d?host=/run/postgresql"),
    ),
    (
        "PostgreSQL with a port",
        {"GONGZHI_DATABASE_URL": "postgresql+psycopg://u:p%40@h:5433/d"},
        "",
        Settings(database_url="postgresql+psycopg://u:p%40@h:5433/d"),
    ),
    (
        "a password of odd signs",
        {"GONGZHI_DATABASE_URL": "postgresql://u:p#:/?x@h/d"},
        "",
        Settings(database_url="postgresql://u:p#:/?x@h/d"),
    ),
    (
        "SQLite at an absolute path",
        {"GONGZHI_DATABASE_URL": "sqlite:////srv/gongzhi.sqlite"},
        "",
        Settings(database_url="sqlite:////srv/gongzhi.sqlite"),
    ),
    (
        "a public address",
        {"GONGZHI_PUBLIC_URL": "https://community.example/"},
        "",
        Settings(public_url="https://community.example/"),
    ),
    ("another zone", {"GONGZHI_TIMEZONE": "Asia/Urumqi"}, "", Settings(timezone="Asia/Urumqi")),
    ("a local number", {}, 'phone_number = "010-66668888"', Settings(phone_number="+861066668888")),
    ("more lines", {"GONGZHI_PHONE_LINES": "8"}, "", Settings(phone_lines=8)),
    ("a comment only", {}, "# later", Settings()),
    (
        "no telephone line",
        {"GONGZHI_PHONE_AUDIOSOCKET": ""},
        "",
        Settings(phone_audiosocket=""),
    ),
    (
        "a line elsewhere",
        {},
        'phone_audiosocket = "[::1]:0"',
        Settings(phone_audiosocket="[::1]:0"),
    ),
]

WRONG = [
    ("an area without its 0", {"GONGZHI_PHONE_AREA": "10"}, "", "GONGZHI_PHONE_AREA"),
    ("a number that is none", {"GONGZHI_PHONE_NUMBER": "us"}, "", "GONGZHI_PHONE_NUMBER"),
    ("nowhere to call", {"GONGZHI_PHONE_ENDPOINT": "PJSIP/trunk"}, "", "GONGZHI_PHONE_ENDPOINT"),
    ("an unknown place", {"GONGZHI_PHONE_ENDPOINT": "{number}{x}"}, "", "GONGZHI_PHONE_ENDPOINT"),
    ("no line", {}, "phone_lines = 0", "GONGZHI_PHONE_LINES"),
    ("a line that is a truth", {}, "phone_lines = true", "GONGZHI_PHONE_LINES"),
    ("an exchange's address", {"GONGZHI_ARI_URL": "127.0.0.1:8088"}, "", "GONGZHI_ARI_URL"),
    ("two names at the exchange", {"GONGZHI_ARI_APP": "a,b"}, "", "GONGZHI_ARI_APP"),
    ("a short secret", {"GONGZHI_PHONE_SECRET": "1234"}, "", "GONGZHI_PHONE_SECRET"),
    ("an unknown variable", {"GONGZHI_HTTP_PROT": "1"}, "", "GONGZHI_HTTP_PROT"),
    ("an unknown name", {}, "http_prot = 1", "http_prot"),
    ("a table", {}, "[gongzhi]\nhttp_port = 1", "gongzhi"),
    ("not TOML", {}, "http_port 9000", "gongzhi.toml"),
    ("a port in words", {"GONGZHI_HTTP_PORT": "eighty"}, "", "GONGZHI_HTTP_PORT"),
    ("a port too high", {"GONGZHI_HTTP_PORT": "65536"}, "", "GONGZHI_HTTP_PORT"),
    ("a port below zero", {"GONGZHI_HTTP_PORT": "-1"}, "", "GONGZHI_HTTP_PORT"),
    ("a port of nothing", {"GONGZHI_HTTP_PORT": ""}, "", "GONGZHI_HTTP_PORT"),
    ("a broken port", {}, "http_port = 8080.5", "GONGZHI_HTTP_PORT"),
    ("an endless port", {}, "http_port = inf", "GONGZHI_HTTP_PORT"),
    ("a port that is a truth", {}, "http_port = true", "GONGZHI_HTTP_PORT"),
    ("a list of ports", {}, "http_port = [1]", "GONGZHI_HTTP_PORT"),
    ("an empty host", {"GONGZHI_HTTP_HOST": " "}, "", "GONGZHI_HTTP_HOST"),
    ("a host that is a number", {}, "http_host = 1", "GONGZHI_HTTP_HOST"),
    ("an address without scheme", {"GONGZHI_PUBLIC_URL": "a.example"}, "", "GONGZHI_PUBLIC_URL"),
    ("an address of mail", {"GONGZHI_PUBLIC_URL": "mailto:a@b.example"}, "", "GONGZHI_PUBLIC_URL"),
    ("an address of nowhere", {"GONGZHI_PUBLIC_URL": "https://"}, "", "GONGZHI_PUBLIC_URL"),
    ("half a bracket", {"GONGZHI_PUBLIC_URL": "http://[::1"}, "", "GONGZHI_PUBLIC_URL"),
    ("an address's port", {"GONGZHI_PUBLIC_URL": "http://a:b"}, "", "GONGZHI_PUBLIC_URL"),
    ("another database", {"GONGZHI_DATABASE_URL": "mysql://h/d"}, "", "GONGZHI_DATABASE_URL"),
    ("a bare file", {"GONGZHI_DATABASE_URL": "gongzhi.sqlite"}, "", "GONGZHI_DATABASE_URL"),
    ("no file", {"GONGZHI_DATABASE_URL": "sqlite:///"}, "", "GONGZHI_DATABASE_URL"),
    ("memory", {"GONGZHI_DATABASE_URL": "sqlite:///:memory:"}, "", "GONGZHI_DATABASE_URL"),
    ("a server's port", {"GONGZHI_DATABASE_URL": "postgresql://h:x/d"}, "", "GONGZHI_DATABASE_URL"),
    ("a short key", {"GONGZHI_SECRET_KEY": "short"}, "", "GONGZHI_SECRET_KEY"),
    ("an empty key", {"GONGZHI_SECRET_KEY": ""}, "", "GONGZHI_SECRET_KEY"),
    ("another form of log", {"GONGZHI_LOG": "xml"}, "", "GONGZHI_LOG"),
    ("a list of logs", {}, 'log = ["json"]', "GONGZHI_LOG"),
    ("a zone of nowhere", {"GONGZHI_TIMEZONE": "Asia/Xanadu"}, "", "GONGZHI_TIMEZONE"),
    ("half a zone", {"GONGZHI_TIMEZONE": "Asia"}, "", "GONGZHI_TIMEZONE"),
    ("a zone elsewhere", {"GONGZHI_TIMEZONE": "../../etc/passwd"}, "", "GONGZHI_TIMEZONE"),
    ("a line without port", {"GONGZHI_PHONE_AUDIOSOCKET": "9092"}, "", "GONGZHI_PHONE_AUDIOSOCKET"),
    ("a line's port", {"GONGZHI_PHONE_AUDIOSOCKET": "h:65536"}, "", "GONGZHI_PHONE_AUDIOSOCKET"),
    ("a line's host", {"GONGZHI_PHONE_AUDIOSOCKET": "a b:1"}, "", "GONGZHI_PHONE_AUDIOSOCKET"),
    ("a line by number", {}, "phone_audiosocket = 9092", "GONGZHI_PHONE_AUDIOSOCKET"),
    ("a missing file", {"GONGZHI_SERVICES_FILE": "gone.toml"}, "", "GONGZHI_SERVICES_FILE"),
    ("a missing folder", {"GONGZHI_LOCALE_FOLDER": "gone"}, "", "GONGZHI_LOCALE_FOLDER"),
]


@pytest.mark.parametrize(("label", "environment", "text", "expected"), GOOD)
def test_good_settings_are_taken(
    tmp_path: Path, label: str, environment: dict[str, str], text: str, expected: Settings
) -> None:
    assert read_settings(environment, written(tmp_path, text)) == expected, label


@pytest.mark.parametrize(("label", "environment", "text", "named"), WRONG)
def test_a_wrong_setting_is_named_in_one_sentence(
    tmp_path: Path, label: str, environment: dict[str, str], text: str, named: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(environment, written(tmp_path, text))
    sentence = str(caught.value)
    assert named in sentence, label
    assert "\n" not in sentence


WECHAT = {
    "GONGZHI_WECHAT_APP_ID": "wx0123456789abcdef",
    "GONGZHI_WECHAT_SECRET": "0123456789abcdef0123456789abcdef",
    "GONGZHI_WECHAT_TOKEN": "atokenofours",
    "GONGZHI_WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}
WECHAT_WRONG = [
    ("GONGZHI_WECHAT_APP_ID", "gh_0123456789ab"),
    ("GONGZHI_WECHAT_TOKEN", "a-token"),
    ("GONGZHI_WECHAT_TOKEN", "ab"),
    ("GONGZHI_WECHAT_AES_KEY", "abc"),
    ("GONGZHI_WECHAT_AES_KEY", "!" * 43),
    ("GONGZHI_WECHAT_BASE_URL", "api.weixin.qq.com"),
]


def test_an_account_of_wechat_needs_all_of_its_settings() -> None:
    assert read_settings(WECHAT, NO_FILE).wechat_app_id == "wx0123456789abcdef"
    for missing in WECHAT:
        some = {name: value for name, value in WECHAT.items() if name != missing}
        with pytest.raises(SettingsError, match=missing):
            read_settings(some, NO_FILE)


@pytest.mark.parametrize(("name", "value"), WECHAT_WRONG)
def test_a_wrong_setting_of_wechat_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(WECHAT | {name: value}, NO_FILE)


LINES = [
    ("", None),
    ("127.0.0.1:9092", ("127.0.0.1", 9092)),
    ("[::1]:0", ("::1", 0)),
    ("pbx.example:1", ("pbx.example", 1)),
]


@pytest.mark.parametrize(("value", "expected"), LINES)
def test_where_the_telephone_line_listens(value: str, expected: tuple[str, int] | None) -> None:
    settings = read_settings({"GONGZHI_PHONE_AUDIOSOCKET": value}, NO_FILE)
    assert settings.phone_line == expected


def test_without_a_file_the_defaults_hold() -> None:
    assert read_settings({}, NO_FILE) == Settings()


def test_files_of_the_operator_have_to_be_there(tmp_path: Path) -> None:
    own = tmp_path / "services.toml"
    own.write_text("", encoding="utf-8")
    environment = {"GONGZHI_SERVICES_FILE": str(own), "GONGZHI_LOCALE_FOLDER": str(tmp_path)}
    settings = read_settings(environment, NO_FILE)
    assert (settings.services_file, settings.locale_folder) == (own, tmp_path)


@pytest.mark.parametrize("name", ["services", "policy", "privacy"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(b"\xff\xfe")
    variable = f"GONGZHI_{name.upper()}_FILE"
    with pytest.raises(SettingsError, match=variable):
        read_settings({variable: str(own)}, NO_FILE)


def test_a_settings_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gongzhi.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"gongzhi\.toml"):
        read_settings({}, file)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gongzhi.toml"
    file.mkdir()
    with pytest.raises(SettingsError, match=r"gongzhi\.toml"):
        read_settings({}, file)


ADDRESSES = [
    (Settings(), "http://127.0.0.1:8080"),
    (Settings(http_host="0.0.0.0", http_port=9000), "http://127.0.0.1:9000"),  # noqa: S104
    (Settings(http_host="10.0.0.7"), "http://10.0.0.7:8080"),
    (Settings(http_host="::1"), "http://[::1]:8080"),
    (Settings(public_url="https://community.example/"), "https://community.example"),
]


@pytest.mark.parametrize(("settings", "expected"), ADDRESSES)
def test_where_people_reach_the_pages(settings: Settings, expected: str) -> None:
    assert settings.address == expected


def written(folder: Path, text: str) -> Path:
    file = folder / "gongzhi.toml"
    file.write_text(text, encoding="utf-8")
    return file
