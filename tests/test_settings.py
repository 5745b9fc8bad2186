from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import Settings, from_env


def test_flag_then_variable_then_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    environment = {"QA_SEEDS": "texts", "QA_PORT": "8000", "QA_MODEL": " "}
    settings = from_env(environment, port="9000", host=None)
    assert (settings.seeds, settings.index, settings.port, settings.host) == (
        Path("texts"),
        tmp_path / "index",
        9000,
        "127.0.0.1",
    )
    assert settings.model == "all-MiniLM-L6-v2"
    assert from_env(environment).port == 8000


def test_without_a_seeds_folder_here_the_checkout_is_used(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_env({}).seeds == Path(__file__).resolve().parent.parent / "seeds"


@pytest.mark.parametrize(
    ("name", "value"),
    [("QA_THRESHOLD", "2"), ("QA_CANDIDATES", "0"), ("QA_QUOTES", "many"), ("QA_LEXICAL_WEIGHT", "nan")],
)
def test_a_value_that_cannot_work_is_named(name, value):
    with pytest.raises(SettingsError, match=f"{name}|{name.removeprefix('QA_').lower()}"):
        from_env({name: value})


def test_every_setting_has_its_range_checked():
    with pytest.raises(SettingsError, match="port is -1, but it has to lie between 0 and 65535: change QA_PORT"):
        Settings(seeds=Path("s"), index=Path("i"), port=-1)


def test_folders_may_be_given_as_text():
    settings = Settings(seeds="texts", index="index")
    assert (settings.seeds, settings.index) == (Path("texts"), Path("index"))
