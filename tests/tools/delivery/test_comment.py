"""The comment: what is loud, what takes one line, and that it is never longer than GitHub takes."""

import re

import pytest

from tests.tools.delivery.made import change, difference
from tools.delivery.comment import LIMIT, MARK, Subject, comment
from tools.delivery.documents import Cost, Promoted
from tools.delivery.words import scrubbed

OF = Subject("a" * 40, "b" * 40, "https://hub.example/acme/orders/actions/runs/1")


def test_the_whole_comment_of_a_small_change():
    web = change("replace", "web", forced=("name",), properties=("name", "tags.a"), needs=("urn:pulumi:dev::slipway::aws:ecs/cluster:Cluster::web",))  # fmt: skip
    cluster = change("create", "web", "aws:ecs/cluster:Cluster", properties=("name",))
    found = [
        difference("aws-dev", web, cluster, cost=Cost(before=10, after=1234.5, by_use=("$1 for each GB",))),
        difference("gcp-dev", kind="plan", why="no credentials were given", cost=Cost(after=0)),
    ]
    assert (
        comment(found, OF)
        == f"""{MARK}
## What this change does

Commit `aaaaaaaaaaaa` against `bbbbbbbbbbbb`. [The run that made this](https://hub.example/acme/orders/actions/runs/1).

> [!CAUTION]
> **Replaced or deleted:**
> - `aws-dev` **replaces** `aws ecs.Service` `web`, forced by `name`, also `tags.a`

| stack | seen by | create | change | replace | delete | a month | policies |
|---|---|--:|--:|--:|--:|---|---|
| `aws-dev` | real preview | 1 |  | **1** |  | $10.00 → $1,234.50 + use (**+$1,224.50**) | 7 kept |
| `gcp-dev` | offline plan: unchanged | | | | | $0.00 (new) | 7 kept |

**Offline plan** (`no credentials were given`): it compares what the code before and after would make from nothing; no platform was asked. **Real preview**: the platform was asked, with rights to read.

### `aws-dev`

<details><summary>What changes</summary>

- **replaces** `aws ecs.Service` `web`, forced by `name`, also `tags.a`
- **creates** `aws ecs.Cluster` `web`

```mermaid
flowchart LR
  r0["replace<br/>aws ecs.Service<br/>web"]:::replace
  r1["create<br/>aws ecs.Cluster<br/>web"]:::create
  r0 --> r1
  classDef create fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef replace fill:#ffebe9,stroke:#cf222e,stroke-width:3px,color:#1f2328
```

</details>

Use adds: `$1 for each GB`.

All of it: `make preview STACK=aws-dev`
"""
    )


def test_a_stack_that_has_no_plan_says_which_setting_to_mend():
    said = "service:size.cpu: 0.3 is not a Fargate size. Fix: pulumi config set --path service:size.cpu 0.5"
    body = comment([difference("aws-dev", problems=(said,), cost=Cost())], OF)
    assert "| `aws-dev` | **no real preview** | | | | | | |" in body
    assert f"**There is no preview.** What stands below says why, and what to mend:\n\n```text\n{said}\n```\n" in body


def test_a_broken_policy_is_counted_and_told():
    body = comment([difference("aws-dev", broken=("web: tags-stay: an image's tag can be moved",))], OF)
    assert "| **1 broken** |" in body
    assert "**Breaks the rules in `policies/`:**\n\n```text\nweb: tags-stay: an image's tag can be moved\n```" in body


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(10, 10, "$10.00"), (10, 4.5, "$10.00 → $4.50 (**−$5.50**)"), (None, 4.5, "$4.50 (new)"), (10, None, "")],
)
def test_the_cost_of_a_month_before_and_after(before, after, told):
    body = comment([difference("aws-dev", cost=Cost(before=before, after=after))], OF)
    assert f"| `aws-dev` | real preview: unchanged | | | | | {told} | 7 kept |" in body


def test_a_change_that_touches_no_stack_says_so():
    assert comment([], OF).endswith("\n\nNo stack is affected.\n")


def test_a_stack_whose_file_is_removed_is_told_to_be_left_where_it_is():
    body = comment([], Subject("a" * 40, removed=("old",)))
    assert (
        "> The file of the stack `old` is removed. What the stack made stays, and costs, until `make destroy STACK=old`"
        in body
    )


def crowd(stack: str, number: int, **more):
    acts = ("create", "update", "replace", "delete")
    named = [change(acts[n % 4], f"{'x' * 60}-{n}", properties=(f"{'p' * 90}.{n}",), forced=("name",) if n % 4 == 2 else ()) for n in range(number)]  # fmt: skip
    return difference(stack, *named, **more)


def test_forty_large_stacks_fit_and_each_has_its_line():
    body = comment([crowd(f"aws-{n:02}", 300, warnings=("w" * 9000,)) for n in range(40)], OF)
    assert len(body.encode()) <= LIMIT
    assert [f"| `aws-{n:02}` | real preview | 75 | 75 | **75** | **75** |" in body for n in range(40)] == [True] * 40
    assert "_Some of it is told shorter here, as a comment holds 65,536 characters._" in body
    assert "… and 5" in body
    loud = body.partition("<details>")[0]
    assert [f"> - `aws-{n:02}` **deletes** `aws ecs.Service` `{'x' * 60}-3`" in loud for n in range(40)] == [True] * 40


def test_one_large_stack_costs_a_small_one_nothing():
    small = difference("small", change("update", "web", properties=("tags",)))
    body = comment([crowd("large", 5000), small], OF)
    assert len(body.encode()) <= LIMIT
    assert comment([small], OF).partition("### `small`")[2] in body.replace("\n_Some of it is told shorter here, as a comment holds 65,536 characters._\n", "")  # fmt: skip


def test_what_one_stack_deletes_is_told_however_much_another_replaces():
    many = difference("aws-a", *(change("replace", f"r{n}", forced=("name",)) for n in range(3000)), change("delete", "db"))  # fmt: skip
    body = comment([many, difference("aws-b", change("delete", "table"), change("replace", "web"))], OF)
    first, _, folded = body.partition("> <details><summary>2963 more</summary>")
    loud = re.findall(r"(?m)^> - .*$", first)
    assert len(loud) == 40
    assert loud[0] == "> - `aws-a` **deletes** `aws ecs.Service` `db`"
    assert loud[-2:] == ["> - `aws-b` **deletes** `aws ecs.Service` `table`", "> - `aws-b` **replaces** `aws ecs.Service` `web`"]  # fmt: skip
    assert folded.count("\n> - `aws-a` **replaces**") == 160
    assert "\n> - … and 2803 more\n>\n> </details>\n\n| stack |" in folded


def test_what_is_deleted_is_drawn_however_much_is_made():
    made = [change("create", f"c{n}") for n in range(60)]
    body = comment([difference("aws-dev", *made, change("delete", "db"))], OF)
    assert 'r0["delete<br/>aws ecs.Service<br/>db"]:::delete' in body


@pytest.mark.parametrize("letter", ["x", "𝄞", "`", "#"])
@pytest.mark.parametrize(("stacks", "changes"), [(1, 3000), (40, 60), (1000, 1)])
def test_the_limit_is_kept_whatever_the_plan(letter, stacks, changes):
    name = letter * 100
    one = [change("delete", name, properties=(name,)) for _ in range(changes)]
    found = [difference(f"{'s' * 90}-{n}", *one, problems=(letter * 20_000,), broken=(letter * 20_000,), why=letter * 500, kind="plan") for n in range(stacks)]  # fmt: skip
    body = comment(found, Subject("a" * 40, removed=("r" * 100,) * 50))
    assert len(body.encode()) <= LIMIT
    assert body.startswith(MARK)


NASTY = "`@rosa` #1 <img src=x> [x](http://evil.example) ![y](z) **b** | c\n\n## d ``` <!-- slipway:preview -->"


def test_words_that_a_fork_chose_are_nothing_but_words():
    made = change("delete", NASTY, forced=(NASTY,), properties=(NASTY,))
    body = comment([difference("aws-dev", made, problems=(f"````\n{NASTY}",), broken=(NASTY,), warnings=(NASTY,), why=NASTY, kind="plan")], OF)  # fmt: skip
    left = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", body)
    left = re.sub(r"`[^`\n]*`", "", left)
    assert [word for word in ("@rosa", "#1", "<img", "evil", "**b**", "## d") if word in left] == []
    assert body.count(MARK) == left.count(MARK) + body.count(MARK) - 1
    assert 'r0["delete<br/>aws ecs.Service<br/>#96;@rosa#96; #35;1 #60;img src=x#62;' in body


def test_no_value_of_a_secret_variable_is_in_the_comment(monkeypatch):
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-0123456789")
    body = comment([difference("aws-dev", problems=("401 for token pul-0123456789",))], OF)
    assert "401 for token [secret]" in body
    assert "0123456789" not in body


def test_only_what_is_a_secret_by_its_name_is_taken_out():
    variables = {"AWS_SECRET_ACCESS_KEY": "abcdef/ghi", "HOME": "/home/rosa", "API_TOKEN": "short"}
    assert scrubbed("abcdef/ghi /home/rosa short", variables) == "[secret] /home/rosa short"


ONE, OTHER = (f"sha256:{digit * 64}" for digit in "12")


@pytest.mark.parametrize(
    ("promoted", "told"),
    [
        (
            Promoted(before="aws-dev", after="aws-staging"),
            "**Runs what `aws-staging` runs**, before this change what `aws-dev` runs. Which image that is, the state of "
            "`aws-staging` has, and no plan.",
        ),
        (
            Promoted(before="aws-dev", after="aws-staging", runs=ONE, would=OTHER),
            f"**Runs what `aws-staging` runs**, before this change what `aws-dev` runs: `{OTHER}` instead of `{ONE}`.",
        ),
        (
            Promoted(before="aws-dev", after="aws-dev", runs=ONE, would=OTHER),
            f"**Runs what `aws-dev` runs**: `{OTHER}` instead of `{ONE}`.",
        ),
        (
            Promoted(after="aws-dev", runs=ONE, would=ONE),
            f"**Runs what `aws-dev` runs**, before this change an image of its own: `{ONE}` as it does.",
        ),
        (Promoted(before="aws-dev"), "**Runs an image of its own**, before this change what `aws-dev` runs."),
        (
            Promoted(before="aws-dev", after=f"r.example/a@{ONE}"),
            f"**Runs the image `r.example/a@{ONE}`**, before this change what `aws-dev` runs.",
        ),
    ],
)
def test_another_image_that_is_promoted_is_told_even_where_no_resource_changes(promoted, told):
    body = comment([difference("aws-prod", promoted=promoted)], OF)
    assert f"\n### `aws-prod`\n\n{told}\n\n" in body


def test_the_same_promotion_as_before_takes_one_line():
    body = comment(
        [difference("aws-prod", promoted=Promoted(before="aws-dev", after="aws-dev", runs=ONE, would=ONE))], OF
    )
    assert "### `aws-prod`" not in body
    assert "Runs" not in body
