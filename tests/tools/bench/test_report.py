"""What the tables and the page say of a run, and of what it left out."""

from __future__ import annotations

import json
from pathlib import Path

from tools.bench.footprint import Footprint
from tools.bench.hosts import Shipped, sublinear
from tools.bench.plan.measure import Grown
from tools.bench.ratios import Ratio
from tools.bench.report import Results, kept

MACHINE = {
    "date": "2026-11-24",
    "cores": 2,
    "system": "Linux x86_64",
    "python": "3.13.0",
    "client": "wrk",
    "cores_busy_with_others": 0.1,
}
START = Ratio("start", "gunicorn: first 200 ÷ import flask", "s", (0.3,), (0.2,), 2.0)
IMAGE = [
    Ratio("image", "gunicorn: over its base ÷ template's", "MiB", (5.86,), (3.49,), 25.0, of_ours=True),
    Ratio("build", "one line: build ÷ template's", "s", (4.0, 5.0, 4.5), (1.0, 1.0, 1.0), 3.0, of_ours=True),
    Ratio("build", "cold: build ÷ template's", "s", (12.0,), (6.0,)),
]
WHY = "no registry (SLIPWAY_LAB_REGISTRY is not set)"


def measured(folder: Path, ratios: list[Ratio], day: str) -> Path:
    Results({**MACHINE, "date": day, "docker": "20.10.24", "image_cores_busy": 0.9}, ratios).write(folder)
    return folder


def test_an_aim_is_told_with_the_unit_of_what_it_is_held_against_and_no_aim_is_no_judgement() -> None:
    ((_, rows),) = Results(MACHINE, [START, *IMAGE]).tables()

    assert [(row[0].split(":")[0], *row[-2:]) for row in rows] == [
        ("start", "≤ 2", "met"),
        ("image", "≤ 25 MiB", "met"),
        ("build", "≤ 3 s", "missed"),
        ("build", "", ""),
    ]


def test_what_was_left_out_is_kept_from_the_run_before_with_its_day(tmp_path: Path) -> None:
    measured(tmp_path, [START, *IMAGE], "2026-11-20")
    results = Results(MACHINE, [START])
    results.leave_out(WHY, tmp_path)
    results.write(tmp_path)
    rows = [line for line in (tmp_path / "README.md").read_text().splitlines() if line.startswith("|")]

    assert rows[2:] == [
        "| start: gunicorn: first 200 ÷ import flask | 0.3 s | 0.2 s | 1.50 | 1.50 to 1.50 | ≤ 2 | met |",
        "| image: gunicorn: over its base ÷ template's | 5.86 MiB | 3.49 MiB | 1.68 | 1.68 to 1.68 | ≤ 25 MiB | met (2026-11-20) |",
        "| build: one line: build ÷ template's | 4.5 s | 1 s | 4.50 | 4.25 to 4.75 | ≤ 3 s | missed (2026-11-20) |",
        "| build: cold: build ÷ template's | 12 s | 6 s | 2.00 | 2.00 to 2.00 |  | (2026-11-20) |",
    ]


def test_why_it_was_left_out_stands_in_one_line_on_the_page_and_in_the_data(tmp_path: Path) -> None:
    measured(tmp_path, IMAGE, "2026-11-20")
    results = Results(MACHINE, [START])
    results.leave_out(WHY, tmp_path)
    results.write(tmp_path)
    told = f"The image's part was left out: {WHY}; its figures are kept from 2026-11-20."

    assert told in (tmp_path / "README.md").read_text().splitlines()
    assert json.loads((tmp_path / "results.json").read_text())["image_left_out"] == WHY


def test_what_was_kept_twice_has_the_day_it_was_measured_on(tmp_path: Path) -> None:
    measured(tmp_path, IMAGE, "2026-11-20")
    for day in ("2026-11-22", "2026-11-24"):
        results = Results({**MACHINE, "date": day}, [START])
        results.leave_out(WHY, tmp_path)
        results.write(tmp_path)

    assert [record.get("measured") for record in kept(tmp_path / "results.json")] == ["2026-11-20"] * 3


def test_without_a_run_before_nothing_is_kept(tmp_path: Path) -> None:
    results = Results(MACHINE, [START])
    results.leave_out(WHY, tmp_path)

    assert (results.kept, results.left_out_in_words()) == ([], f"The image's part was left out: {WHY}.")
    assert results.image_in_words() == f"\nThe image's part was left out: {WHY}.\n"


def test_a_run_that_measured_images_says_how_and_how_busy_the_machine_was(tmp_path: Path) -> None:
    page = (measured(tmp_path, IMAGE, "2026-11-20") / "README.md").read_text()

    assert "2 cores (0.1 busy with others, and 0.9 while images were measured" in page
    assert "Dockerfile that Pulumi's Python container templates" in page
    assert "left out" not in page
    assert (tmp_path / "ratios.png").read_bytes().startswith(b"\x89PNG")


def test_how_plans_grow_stands_in_a_table_in_the_data_and_on_the_page(tmp_path: Path) -> None:
    grown = [Grown(size, (Footprint(seconds, 310.0),)) for size, seconds in ((10, 2.5), (100, 3.4), (1000, 12.4))]
    results = Results(MACHINE, [START], grown=grown)
    results.write(tmp_path)
    page = (tmp_path / "README.md").read_text()

    assert results.tables()[1] == (
        ("resources planned", "seconds", "peak memory", "seconds ÷ resources"),
        [
            ("10", "2.5", "310 MiB", "250.0 ms"),
            ("100", "3.4", "310 MiB", "34.0 ms"),
            ("1,000", "12.4", "310 MiB", "12.4 ms"),
        ],
    )
    assert json.loads((tmp_path / "results.json").read_text())["growth"][2] == grown[2].record()
    assert "what `make plan` runs, for every stack" in page
    assert "| 1,000 | 12.4 | 310 MiB | 12.4 ms |" in page


def test_how_the_preview_of_services_grows_stands_beside_it(tmp_path: Path) -> None:
    served = [
        Grown(size, (Footprint(seconds, 260.0),), "services", stack)
        for size, seconds, stack in ((1, 3.5, "aws-prod"), (10, 4.0, "aws-prod"), (50, 6.0, "gcp-prod"))
    ]
    results = Results(MACHINE, [START], served=served)
    results.write(tmp_path)
    page = (tmp_path / "README.md").read_text()

    assert results.tables()[1] == (
        ("services previewed", "seconds", "peak memory", "seconds ÷ services"),
        [
            ("aws-prod: 1", "3.5", "260 MiB", "3500.0 ms"),
            ("aws-prod: 10", "4.0", "260 MiB", "400.0 ms"),
            ("gcp-prod: 50", "6.0", "260 MiB", "120.0 ms"),
        ],
    )
    assert json.loads((tmp_path / "results.json").read_text())["services"][2] == {
        "stack": "gcp-prod", "services": 50, "seconds": 6.0, "peak_mib": 260, "ms_each": 120.0,
    }  # fmt: skip
    assert "a production stack with so many ECS services, or services and worker pools" in page
    assert "what `make plan` runs, for every stack" not in page


def test_what_own_servers_take_stands_in_a_table_and_in_the_data(tmp_path: Path) -> None:
    shipped = [Shipped(1, (9.0,), (14.0,), (14.2,)), Shipped(3, (10.0,), (30.0,), (18.0,))]
    results = Results(MACHINE, sublinear(shipped), shipped=shipped)
    results.write(tmp_path)

    assert results.tables() == [
        (
            ("ratio", "ours", "theirs", "ratio", "middle half", "aim", ""),
            [("hosts: 3 at once: a host ÷ one alone", "6 s", "14.2 s", "0.42", "0.42 to 0.42", "≤ 1", "met")],
        ),
        (
            ("own servers", "up without a change", "rollout, one by one", "a host", "rollout, all at once"),
            [("1", "9.0 s", "14.0 s", "14.0 s", "14.2 s"), ("3", "10.0 s", "30.0 s", "10.0 s", "18.0 s")],
        ),
    ]
    assert json.loads((tmp_path / "results.json").read_text())["hosts"] == [each.record() for each in shipped]
    assert "ships to the hosts that SLIPWAY_LAB_HOSTS names" in (tmp_path / "README.md").read_text()
