"""`groupbot tasks` and `groupbot handover` in a project of their own."""

from __future__ import annotations

PEOPLE = '[[people]]\nname = "Ann"\nrole = "operator"\n'


def test_tasks_are_listed_ticked_off_by_name_and_reported(folder):
    folder.write("config.toml", (folder.path / "config.toml").read_text(encoding="utf-8") + PEOPLE)
    folder.cli("campaign", "launch", "hello.yaml", "--groups", "camp-1", "--start", "2099-05-18")
    [task] = folder.json("tasks", "list")
    assert (task["text"], task["state"], task["done_by"]) == ("Call the newcomers", "open", None)
    folder.cli("tasks", "done", task["key"], "--by", "Ann")
    assert folder.json("tasks", "list") == []
    [done] = folder.json("tasks", "list", "--campaign", task["key"].partition("/")[0])
    assert (done["state"], done["done_by"]) == ("done", "Ann")
    assert folder.json("tasks", "report") == [{"name": "Ann", "done": 1, "late": 0, "open": 0, "overdue": 0}]

    printed = folder.cli("handover").stdout
    assert "## Campaigns\n\n- hello-" in printed
    assert "Ann: operator (not bound yet)" in printed
    told = folder.cli("handover", "-o", "for-bob.html").stdout
    assert "Written to for-bob.html." in told
    assert "<li>Ann: operator (not bound yet)</li>" in (folder.path / "for-bob.html").read_text(encoding="utf-8")
    refused = folder.cli("handover", "-o", "config.toml/x.md", ok=False)
    assert (refused.returncode, "can't be written" in refused.stderr) == (1, True)
