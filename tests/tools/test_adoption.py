"""What a killed run was creating, taken into the state by its id, made again, or left to a person."""

from tools.adoption import adopted, given_back, unread

STACK = "urn:pulumi:dev::slipway::"
PROVIDER = {
    "urn": f"{STACK}pulumi:providers:gcp::gcp",
    "id": "7f",
    "type": "pulumi:providers:gcp",
    "inputs": {"project": "acme", "region": "europe-west1"},
}


def resource(name, **more):
    given = {"urn": f"{STACK}gcp:x:Y::{name}", "type": "gcp:x:Y", "inputs": {"name": name}, "custom": True}
    return {**given, "provider": f"{PROVIDER['urn']}::{PROVIDER['id']}", **more}


def creating(name, **more):
    return {"type": "creating", "resource": resource(name, **more)}


def state(*operations, resources=()):
    return {"manifest": {}, "resources": [PROVIDER, *resources], "pending_operations": [*operations]}


def taken_in(name, **more):
    return resource(name, id=f"acme/{name}", **more)


def named(made):
    """By its project and name; `again` may be made again, and of `numbered` nothing is known."""
    return [
        {"again": "", "numbered": None}.get(
            each["inputs"]["name"], f"{each['inputs']['project']}/{each['inputs']['name']}"
        )
        for each in made
    ]


def test_what_has_an_id_is_taken_in_after_all_that_it_needs_and_the_rest_is_left_or_made_again():
    numbered = creating("numbered")
    cut = {"type": "updating", "resource": resource("cut")}
    found = adopted(state(creating("web"), creating("again"), numbered, cut, creating("web")), named)
    assert found.deployment == state(resources=[taken_in("web")])
    assert (found.taken, found.left, found.changed) == ((resource("web")["urn"],), (numbered,), True)


def test_a_state_of_which_nothing_can_be_told_stays_as_it_is():
    numbered, cut = creating("numbered"), {"type": "updating", "resource": resource("cut")}
    for operations, left in (((numbered, cut), (numbered,)), ((cut,), ()), ((), ())):
        found = adopted(state(*operations), named)
        assert (found.taken, found.left, found.changed) == ((), left, False)
    assert adopted({}, named).changed is False


def test_what_replaces_another_takes_its_place_only_where_that_is_gone():
    known = {"outputs": {"name": "web"}}
    gone = taken_in("web", pendingReplacement=True, **known)
    assert adopted(state(creating("web"), resources=[gone]), named).deployment == state(resources=[taken_in("web")])
    recorded, doomed = taken_in("web", **known), resource("web", id="acme/old", delete=True, **known)
    found = adopted(state(creating("web"), resources=[recorded, doomed]), named)
    assert (found.deployment, found.taken, found.left) == (state(resources=[recorded, doomed]), (), ())
    other = resource("web", id="acme/old", **known)
    assert adopted(state(creating("web"), resources=[other]), named).left == (creating("web"),)


def test_what_a_run_took_in_and_was_killed_before_it_looked_is_looked_at_by_the_next():
    half = state(resources=[taken_in("web"), taken_in("seen", outputs={"name": "seen"})])
    found = adopted(half, named)
    assert unread(half) == [taken_in("web")["urn"]]
    assert (found.deployment, found.taken, found.changed) == (half, (taken_in("web")["urn"],), False)
    assert unread({}) == []


def test_what_was_looked_at_has_the_inputs_of_its_creation_and_what_was_known_before_keeps_its_own():
    before = state(resources=[taken_in("web"), taken_in("lost"), taken_in("seen", outputs={"name": "seen"})])
    seen = {"inputs": {"name": "web", "zoned": False}, "outputs": {"name": "web", "zoned": False}}
    drifted = taken_in("seen", inputs={"name": "other"}, outputs={"name": "other"})
    found = given_back(state(resources=[taken_in("web", **seen), drifted]), before)
    assert found == state(resources=[taken_in("web", outputs=seen["outputs"]), drifted])
