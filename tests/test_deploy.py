"""deploy/ says what the product takes: addresses, verbs, variables, files, and nothing open to others."""

import re
from dataclasses import fields

import pytest
import yaml
from conftest import ROOT

from qa.milvus.address import read_address
from qa.options import make_parser
from qa.settings import Settings

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
OURS = ("build", "serve")


@pytest.mark.parametrize("name", OURS)
def test_each_container_of_ours_can_write_nothing_but_its_volumes_and_has_no_rights(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert make_parser().parse_args(service["command"]).verb == name
    assert read_address(service["environment"]["QA_STORE"]).uri == "http://milvus:19530"


def test_only_the_page_is_published_and_to_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["serve"]
    assert all(port.startswith("127.0.0.1:") for port in published["serve"])


def test_the_image_runs_without_root_and_has_what_it_copies():
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILE, re.MULTILINE)
    copied = " ".join(re.findall(r"^COPY (.*) \S+$", DOCKERFILE, re.MULTILINE)).split()
    kept = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(kept)
    assert all((ROOT / name).exists() for name in copied)
    known = {f"QA_{field.name.upper()}" for field in fields(Settings)}
    assert set(re.findall(r"QA_[A-Z]+", DOCKERFILE)) <= known


def test_every_file_that_is_named_is_there():
    told = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert all((ROOT / path).is_file() for path in re.findall(r"-f (deploy/\S+)", told))
    values = yaml.safe_load((DEPLOY / "milvus-values.yaml").read_text(encoding="utf-8"))
    assert values["service"]["type"] == "ClusterIP"
    assert values["image"]["all"]["tag"] == SERVICES["milvus"]["image"].rpartition(":")[2]
