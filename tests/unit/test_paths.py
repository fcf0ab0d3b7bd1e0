"""The operator's project comes first, what groupbot ships second."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot import paths
from groupbot.paths import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for place in ("own/sops", "shipped/sops", "shipped/plugins", "shipped/migrations"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "own/sops/camp.yaml").write_text("mine")
    (tmp_path / "own/secret.txt").write_text("x")
    (tmp_path / "shipped/sops/camp.yaml").write_text("theirs")
    (tmp_path / "shipped/sops/flash.yaml").write_text("theirs")
    (tmp_path / "shipped/sops/.hidden").write_text("x")
    (tmp_path / "shipped/sops/__pycache__").mkdir()
    return Project(root=tmp_path / "own", bundled=tmp_path / "shipped")


def test_the_projects_file_hides_the_shipped_one(project: Project):
    found = project.find("sops", "camp.yaml")
    assert found
    assert found.read_text() == "mine"


def test_what_the_project_lacks_is_shipped(project: Project):
    assert project.find("sops", "flash.yaml") == project.bundled / "sops/flash.yaml"
    assert project.folders("plugins") == (project.bundled / "plugins",)


@pytest.mark.parametrize("name", ["none.yaml", "../secret.txt", "../../shipped/plugins", ".", ""])
def test_nothing_outside_is_found(project: Project, name):
    assert project.find("sops", name) is None


def test_an_absolute_name_is_not_found(project: Project):
    assert project.find("sops", str(project.root / "secret.txt")) is None


def test_entries_are_sorted_and_each_name_once(project: Project):
    entries = list(project.entries("sops"))
    assert entries == [project.root / "sops/camp.yaml", project.bundled / "sops/flash.yaml"]


def test_migrations_are_the_shipped_ones(project: Project):
    (project.root / "migrations").mkdir()
    assert project.migrations() == project.bundled / "migrations"


def test_a_checkout_has_them_beside_the_package():
    project = Project(root=Path("nowhere"))
    assert all(project.folders(kind) for kind in paths.FOLDERS)
    assert project.bundled == paths.bundle()


def test_a_project_that_is_the_bundle_names_each_folder_once():
    assert len(Project(root=paths.bundle()).folders("sops")) == 1


def test_a_wheel_has_them_inside_the_package(tmp_path: Path, monkeypatch):
    (tmp_path / "_bundled").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    assert paths.bundle() == tmp_path / "_bundled"
