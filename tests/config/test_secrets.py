"""A secret is named and never written: what stands in a file or an override is refused without being repeated."""

import copy
import json
import pickle
import traceback

import pytest
from pydantic import BaseModel, ValidationError

from shoplib.config import secrets
from shoplib.config.document import NOT_REPEATED
from shoplib.config.load import load, parse_override
from shoplib.config.secrets import BY_LOOK, BY_NAME, NO_NAME, Secret, SecretName
from shoplib.errors import ConfigError

PLANTED = "hunter2-Tr0ub4dor-and-3-more-words"
# Put together here, so that no file of the project looks as if a key stood in it.
KEYS = {
    "Amazon": "AKIA" + "IOSFODNN7EXAMPLE",
    "OpenAI": "sk-" + "proj-4f9Kx2mQ7pLw8Zt1",
    "Stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "GitHub": "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "Slack": "xoxb-" + "2048-4096-abcdefghij",
    "Google": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "Telegram": "123456789:" + "AAH4f9Kx2mQ7pLw8Zt1bC3dE5fG7hI9jK0",
    "a token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0.c2ln",
    "a key file": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "an OpenSSH key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "an address": "sftp://ann:" + "pa55@files.example/in",
    "an address with a slash": "redis://:" + "pa/55@cache.example",
    "a header": "Bearer " + "4f9Kx2mQ7pLw8Zt1bC3d",
    "an assignment": "host=files.example password=" + "pa55",
    "a query": "https://example.com/x?api_key=" + "pa55",
}


class Letters(BaseModel):
    """A section as later ones will be."""

    password_env: SecretName


def test_a_secret_is_shown_masked_and_told_only_when_asked():
    secret = Secret("correct horse battery staple 19f")
    assert secret.reveal() == "correct horse battery staple 19f"
    for shown in (str(secret), repr(secret), f"{secret}", f"{secret!s:>3}", "{}".format(*[secret])):
        assert shown == "set, 32 characters, ends …9f"
    assert str([secret]) == "[set, 32 characters, ends …9f]"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x", "set, 1 character"),
        ("1234567", "set, 7 characters"),
        ("12345678", "set, 8 characters, ends …78"),
        ("12345678\n", "set, 9 characters"),
    ],
)
def test_a_short_secret_and_one_that_ends_unseen_show_no_end(value, shown):
    assert str(Secret(value)) == shown


def test_a_secret_is_not_stored():
    secret = Secret(PLANTED)
    for store in (pickle.dumps, copy.deepcopy, copy.copy):
        with pytest.raises(TypeError, match="a secret is not stored; keep its name and read it again"):
            store(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert not hasattr(secret, "__dict__")


def test_read_takes_the_environment_of_the_moment(monkeypatch):
    monkeypatch.setenv("MAIL_PASSWORD", PLANTED)
    assert secrets.read("MAIL_PASSWORD").reveal() == PLANTED
    monkeypatch.setenv("MAIL_PASSWORD", "another")
    assert secrets.read("MAIL_PASSWORD").reveal() == "another"


@pytest.mark.parametrize(("environment", "found"), [({}, "it is not set"), ({"MAIL_PASSWORD": " \n"}, "it is blank")])
def test_a_secret_that_is_not_there(environment, found):
    with pytest.raises(ConfigError) as caught:
        secrets.read("MAIL_PASSWORD", environment)
    assert str(caught.value) == (
        "A secret is not there\n"
        "  where   environment variable MAIL_PASSWORD\n"
        f"  found   {found}\n"
        "  wanted  the secret itself; it is read when it is used and written nowhere\n"
        "  next    read -rs MAIL_PASSWORD && export MAIL_PASSWORD  asks for it unseen; then run the same command again"
    )


@pytest.mark.parametrize("name", ["MAIL_PASSWORD", "_X1", "A"])
def test_a_setting_may_name_a_variable(name):
    assert Letters(password_env=name).password_env == name
    assert Letters.model_json_schema()["properties"]["password_env"]["pattern"] == secrets.VARIABLE


@pytest.mark.parametrize("value", [PLANTED, "mail_password", "1ST", "", "A B", "A\n", 12345678, KEYS["Amazon"]])
def test_what_is_no_name_of_a_variable_is_refused_unseen(value):
    with pytest.raises(ValidationError) as caught:
        Letters(password_env=value)
    assert caught.value.errors()[0]["msg"] == f"Value error, {NO_NAME}"


@pytest.mark.parametrize(
    "name",
    ["password", "PASSWD", "smtp_password", "smtpPassword", "pgpassword", "token", "api_token", "accesstoken", "apikey",
     "apiKey", "API-KEY", "api_key", "secret", "client_secret", "secrets", "access_key", "aws_access_key_id",
     "private_key", "authorization", "Authorization", "credentials", "passphrase", "db_pass", "pwd", "key_password",
     "signing_key", "token_2", "passwords"],
)  # fmt: skip
def test_names_of_secrets(name):
    assert secrets.secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["password_env", "api_key_env", "key", "keys", "authorization_code", "card_last_four", "token_life_s", "day_pass",
     "secret_garden", "secretary", "password_file", "tokenizer", "author", "compass", "product_key", "passed", ""],
)  # fmt: skip
def test_names_that_are_none(name):
    assert not secrets.secret_name(name)


@pytest.mark.parametrize("kind", KEYS)
def test_texts_that_look_like_a_secret(kind):
    assert secrets.looks_secret(KEYS[kind])
    assert secrets.looks_secret(f"the till of Ann {KEYS[kind]} and more")


@pytest.mark.parametrize(
    "text",
    ["", "Europe/London", "https://example.com/a?page=2", "https://ann@example.com/", "https://example.com:8080/a@b",
     "ann@example.com", "file:///C:/sales@home.csv", "sk-women-trousers-and-skirts", "Basic long-sleeved-shirts",
     "the secret of the token", "Bearer of good news", "12:30", "-----BEGIN PUBLIC KEY-----", "AKIAN", "ghp_short"],
)  # fmt: skip
def test_texts_that_do_not(text):
    assert not secrets.looks_secret(text)


def test_secrets_of_a_scenario_are_told_with_all_other_problems_and_not_repeated(folder):
    folder.more(
        f"shop:\n  name: {KEYS['OpenAI']}\n  timezone: London\nmail:\n  host: mail.example\n  password: {PLANTED}\n"
        f"  token_env: {PLANTED}\n  keys: [{{api_key: {PLANTED}}}]\n{KEYS['Amazon']}: 1\n"
        f"description: {KEYS['an address']}\n"
    )
    assert folder.refusal("run.workers=0") == (
        "<here>/corner.yaml is not a valid scenario (9 problems)\n"
        "  --set run.workers=0  run.workers          Input should be greater than or equal to 1 (found 0)\n"
        f"  line 6               shop.name            {BY_LOOK}\n"
        "  line 7               shop.timezone        'London' is not an IANA time zone such as Europe/London or "
        "Asia/Kolkata\n"
        "  line 8               mail                 unknown key\n"
        f"  line 10              mail.password        {BY_NAME}\n"
        f"  line 11              mail.token_env       {NO_NAME}\n"
        f"  line 12              mail.keys.0.api_key  {BY_NAME}\n"
        f"  line 13              …                    {BY_LOOK}\n"
        f"  line 14              description          {BY_LOOK}\n"
        "  next    mend these and run the same command again; nothing was started"
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"password: {PLANTED}", [f"line 5  password  {BY_NAME}"]),
        ("password: 12345678", [f"line 5  password  {BY_NAME}"]),
        (f"shop: {{password: {PLANTED}, timezone: Europe/London}}", [f"line 5  shop.password  {BY_NAME}"]),
        (f"shop: {{secrets: {{mail: {PLANTED}}}}}",
         [f"line 5  shop.secrets.mail  {BY_NAME}", "line 5  shop.secrets       unknown key"]),
        (f"shop: {{tokens: [{PLANTED}]}}",
         [f"line 5  shop.tokens.0  {BY_NAME}", "line 5  shop.tokens    unknown key"]),
        ("shop: {max_tokens: 5}", ["line 5  shop.max_tokens  unknown key"]),
        ("shop: {password: }", ["line 5  shop.password  unknown key"]),
        ("shop: {password_env: MAIL_PASSWORD}", ["line 5  shop.password_env  unknown key"]),
        (f"extends: {KEYS['an address']}", [f"line 5  extends  {BY_LOOK}"]),
        ("simulate: {kind: branch, colours: {Secret: 0.5, Token: 0.5}}", []),
    ],
)  # fmt: skip
def test_one_secret(folder, text, lines):
    folder.more(text + "\n")
    if lines:
        assert folder.problems() == lines
    else:
        folder.load()


def test_a_secret_of_the_file_below_is_refused_where_it_stands_even_if_it_is_overruled(folder):
    folder.write("base.yaml", f"\nshop:\n  password: {PLANTED}\n")
    folder.more("extends: base.yaml\nshop: {password: }\n")
    assert folder.problems() == [f"base.yaml line 3  shop.password  {BY_NAME}"]


def test_a_secret_of_a_mapping_is_refused_and_words_of_data_are_not(folder):
    good = (folder.path / "m.yaml").read_text()
    folder.write("m.yaml", good + "skip: {Token: [none]}\nattributes: {token: Token}\n")
    assert folder.load().mappings["m.yaml"].attributes == {"token": "Token"}
    folder.write("m.yaml", f"{good}password: {PLANTED}\ndescription: {KEYS['Slack']}\nkeyy: []\n")
    assert folder.problems() == [
        f"m.yaml line 6  password     {BY_NAME}",
        f"m.yaml line 7  description  {BY_LOOK}",
        'm.yaml line 8  keyy         unknown key; did you mean "key"?',
    ]


@pytest.mark.parametrize(
    ("override", "place", "path", "reason"),
    [
        (f"mail.password={PLANTED}", "--set mail.password=…", "mail.password", BY_NAME),
        (f"mail.password_env={PLANTED}", "--set mail.password_env=…", "mail.password_env", NO_NAME),
        (f"shop.name={KEYS['GitHub']}", "--set shop.name=…", "shop.name", BY_LOOK),
        (f"seed=1; mail.password={PLANTED}", "--set seed=…", "seed", BY_LOOK),
        (f"ingest.sources.0.path={KEYS['an address']}", "--set ingest.sources.0.path=…", "ingest.sources.0.path",
         BY_LOOK),
        (f"ingest.sources.0.mapping={KEYS['an address']}", "--set ingest.sources.0.mapping=…",
         "ingest.sources.0.mapping", BY_LOOK),
    ],
)  # fmt: skip
def test_an_override_with_a_secret(folder, override, place, path, reason):
    assert folder.problems(override) == [f"{place}  {path}  {reason}"]


def test_other_problems_of_an_override_with_a_secret_do_not_show_it(folder):
    assert folder.problems(f"shop={{password: {PLANTED}, curency: GBP}}") == [
        f"--set shop=…  shop.password  {BY_NAME}",
        '--set shop=…  shop.curency   unknown key; did you mean "currency"?',
    ]


@pytest.mark.parametrize("kind", ["Amazon", "Slack", "an address", "a token"])
def test_an_override_whose_key_is_a_secret(kind):
    with pytest.raises(ConfigError) as caught:
        parse_override(f"shop.{KEYS[kind]}=1")
    assert str(caught.value) == (
        "An override is not key=value\n  where   --set …\n  wanted  --set simulate.transactions=5000"
    )


@pytest.mark.parametrize(
    "text", [f"password:{PLANTED}", f"mail.token {PLANTED} =[", f"mail.password=[{PLANTED}", f"a={{token: {PLANTED}"]
)
def test_an_override_that_cannot_be_read_does_not_show_a_secret(text):
    with pytest.raises(ConfigError) as caught:
        parse_override(text)
    assert "--set …" in str(caught.value)
    assert PLANTED not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"password: *{PLANTED}\n", "line 1: "),
        (f"password: !{PLANTED}\n", "line 1: "),
        (f"a: 1\ntoken: [{PLANTED}\nb: 2\n", "line 3: "),
        (f"token: !!int {PLANTED}\n", ""),
        (f"  token_env: {PLANTED}\n a: 1\n", "line 2: "),
        (f"- *{KEYS['GitHub']}\n", "line 1: "),
    ],
)
def test_a_file_that_is_not_yaml_does_not_show_a_secret(folder, text, line):
    file = folder.write("corner.yaml", text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.found == f"{line}{NOT_REPEATED}"
    assert PLANTED not in "".join(traceback.format_exception(caught.value))


def test_the_traceback_of_a_refusal_does_not_show_a_secret(folder):
    folder.more(f"shop: {{name: {KEYS['Google']}, password: {PLANTED}}}\n")
    with pytest.raises(ConfigError) as caught:
        folder.load(f"run.token={PLANTED}")
    told = "".join(traceback.format_exception(caught.value))
    assert PLANTED not in told
    assert KEYS["Google"] not in told


def test_named_variables_in_the_order_of_the_file():
    values = {"mail": {"password_env": "B_PASS", "host": "x"}, "more": [{"token_env": "A_TOKEN"}, {"key_env": "no"}]}
    assert list(secrets.named(values)) == ["B_PASS", "A_TOKEN"]


def test_sifting_leaves_everything_else_as_it_is():
    values = {"a": [1, 2.5, None, "x"], "b": {"c": True}, "fields": {"authorization_code": "Auth"}}
    assert secrets.sift(values) == (values, [])
