"""`make up` and what goes with it, with the real engine on a small program."""

import json
import os
import shutil
import stat

import pytest


@pytest.fixture(scope="module")
def shipped(equipped, tmp_path_factory):
    tree = equipped(tmp_path_factory.mktemp("shipped") / "tree")
    tree.first = tree.run("make", "up")
    assert tree.first.returncode == 0, tree.first.stdout + tree.first.stderr
    return tree


def test_up_ends_with_the_address_and_the_next_three_commands(shipped):
    assert shipped.first.stderr.splitlines()[-5:] == [
        "The service is at http://127.0.0.1:8000",
        "",
        "  make status                      what runs, and what the address answers",
        "  make logs                        what it says (FOLLOW=1 goes on)",
        "  make destroy                     take it all down",
    ]


def test_up_leaves_nothing_for_git_to_show(shipped):
    assert shipped.changes() == ""


def test_the_passphrase_is_for_its_owner_alone(shipped):
    assert stat.S_IMODE((shipped.root / ".slipway/passphrase").stat().st_mode) == 0o600


def test_secrets_stand_encrypted_in_the_state_and_are_decrypted_by_a_later_run(shipped):
    state = (shipped.root / ".slipway/state/.pulumi/stacks/slipway/local.json").read_text()
    assert "hush-hush" not in state
    again = shipped.run("make", "preview", "ARGS=--expect-no-changes")
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_plain_pulumi_does_the_same_after_make_env(shipped):
    plain = shipped.shell('eval "$(make -s env)"; pulumi preview --stack local --expect-no-changes --non-interactive')
    # A plain pulumi writes the state's salt into the stack's file, as it does everywhere.
    shipped.run("git", "checkout", "-q", "stacks")
    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert "2 unchanged" in plain.stdout


def test_a_secret_set_by_hand_is_used_and_the_salt_stays_that_of_the_state(shipped):
    def salt():
        state = shipped.root / ".slipway/state/.pulumi/stacks/slipway/local.json"
        return json.loads(state.read_text())["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]

    before = salt()
    try:
        done = shipped.shell(
            'eval "$(make -s env)"; pulumi config set --secret service:token hot --stack local; make up;'
            "pulumi stack output token --show-secrets --stack local"
        )
        file = (shipped.root / "stacks/Pulumi.local.yaml").read_text()
    finally:
        shipped.run("git", "checkout", "-q", "stacks")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "hot"
    assert "hot" not in file
    assert f"encryptionsalt: {before}" in file
    assert salt() == before


def test_the_salt_survives_the_loss_of_what_is_generated(shipped):
    shutil.rmtree(shipped.root / ".slipway/config")
    again = shipped.run("make", "preview", "ARGS=--expect-no-changes")
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_failed_up_keeps_its_exit_code_and_names_the_next_step(shipped):
    failed = shipped.tools("up", PROGRAM_FAILS="1")
    plain = shipped.shell('eval "$(make -s env)"; pulumi up --yes --stack local', PROGRAM_FAILS="1")
    shipped.run("git", "checkout", "-q", "stacks")
    assert failed.returncode == plain.returncode != 0
    assert "service:size.cpu: 0.3 is not a size" in failed.stdout
    assert failed.stderr.splitlines()[-1] == (
        "up failed; the reason stands above. What the service itself said: make logs"
    )


def test_whoever_has_no_pulumi_on_path_is_told_how_to_have_it_after_a_failure(shipped):
    failed = shipped.tools("up", PROGRAM_FAILS="1", PATH=os.environ["PATH"])
    if "on PATH" in failed.stderr:
        pytest.skip("there is a pulumi on PATH")
    assert failed.stderr.splitlines()[-1] == 'For a `pulumi` command of your own, first: eval "$(make -s env)"'


def test_a_lost_passphrase_is_said_before_a_new_one_makes_things_worse(shipped):
    passphrase = shipped.root / ".slipway/passphrase"
    aside = passphrase.rename(passphrase.with_name("aside"))
    try:
        failed = shipped.tools("up")
        assert not passphrase.exists()
    finally:
        aside.rename(passphrase)
    assert failed.returncode == 1
    assert failed.stderr.partition("\n\n")[2] == (
        "error: .slipway/passphrase is gone, and with it what decrypts the secrets of the stacks in .slipway/state\n"
        "Fix: put it back, or say another one (export PULUMI_CONFIG_PASSPHRASE=...), "
        "or forget those stacks: rm -r .slipway/state\n"
    )


def test_a_backend_that_the_person_chose_is_used_as_plain_pulumi_does(equipped, tmp_path):
    tree = equipped(tmp_path / "tree")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    theirs = {"PULUMI_BACKEND_URL": elsewhere.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "theirs"}
    done = tree.tools("preview", **theirs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "state as PULUMI_BACKEND_URL says" in done.stderr
    assert (elsewhere / ".pulumi/stacks/slipway/local.json").exists()
    assert not (tree.root / ".slipway/state").exists()
    assert "encryptionsalt: " in (tree.root / "stacks/Pulumi.local.yaml").read_text()


def test_destroy_leaves_nothing_of_the_stack(equipped, tmp_path):
    tree = equipped(tmp_path / "tree")
    log = tmp_path / "log"
    assert tree.tools("up", "--skip-preview").returncode == 0
    gone = tree.run("make", "destroy", THING_LOG=str(log))
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert log.read_text() == "delete\n"
    assert gone.stderr.splitlines()[-1] == "Nothing of the stack local is left. make up ships it again."
    assert tree.changes() == ""


def test_destroying_another_target_than_local_wants_a_yes(equipped, tmp_path):
    tree = equipped(tmp_path / "tree")
    (tree.root / "stacks/Pulumi.prod.yaml").write_text("config:\n  service:target: local.other\n")
    refused = tree.run("make", "destroy", "STACK=prod")
    assert refused.returncode == 2
    assert "error: destroying the stack prod (local.other) wants a yes\nFix: make destroy STACK=prod YES=1\n" in (
        refused.stderr
    )
    agreed = tree.run("make", "destroy", "STACK=prod", "YES=1")
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr


def test_a_protected_stack_is_not_destroyed(equipped, tmp_path):
    tree = equipped(tmp_path / "tree")
    (tree.root / "stacks/Pulumi.prod.yaml").write_text(
        "config:\n  service:target: local.other\n  service:protect: true\n"
    )
    refused = tree.run("make", "destroy", "STACK=prod", "YES=1")
    assert refused.returncode == 2
    assert "error: the stack prod is protected (service:protect)\nFix: pulumi config set service:protect false " in (
        refused.stderr
    )
