"""Where the state lives, by what the person's shell and login say."""

import json
from pathlib import Path

import pytest

from tools.backend import Backend, backend
from tools.project import STATE

INSIDE = Backend(STATE.as_uri(), inside=True, why="inside the tree")


@pytest.fixture
def home(tmp_path):
    return {"PULUMI_HOME": str(tmp_path)}


def login(home, current):
    Path(home["PULUMI_HOME"], "credentials.json").write_text(json.dumps({"current": current}))


def test_it_is_inside_the_tree_unless_the_person_says_otherwise(home):
    assert backend(home) == INSIDE


@pytest.mark.parametrize(
    ("variables", "chosen"),
    [
        ({"PULUMI_BACKEND_URL": "s3://states"}, Backend("s3://states", inside=False, why="PULUMI_BACKEND_URL")),
        ({"PULUMI_BACKEND_URL": STATE.as_uri()}, INSIDE),
        ({"PULUMI_BACKEND_URL": ""}, INSIDE),
        ({"PULUMI_ACCESS_TOKEN": "pul-1"}, Backend(None, inside=False, why="PULUMI_ACCESS_TOKEN")),
    ],
)
def test_a_variable_chooses(home, variables, chosen):
    assert backend(home | variables) == chosen


def test_a_login_chooses(home):
    login(home, "https://api.pulumi.com")
    assert backend(home) == Backend("https://api.pulumi.com", inside=False, why="pulumi login")


@pytest.mark.parametrize("current", ["", STATE.as_uri(), None, 3])
def test_a_login_that_leads_nowhere_else_does_not(home, current):
    login(home, current)
    assert backend(home) == INSIDE


def test_a_broken_file_of_logins_is_as_none(home, tmp_path):
    (tmp_path / "credentials.json").write_text("{")
    assert backend(home) == INSIDE
