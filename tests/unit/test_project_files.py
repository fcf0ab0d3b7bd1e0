"""Which files an SOP may post: those of the project, or beside an SOP file that lies elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from groupbot.project_files import ProjectFiles
from groupbot.sop.materials import Found, Missing, Outside


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with an SOP folder, a folder elsewhere, and a secret outside of both."""
    for folder in ("project/sops/materials", "elsewhere/materials"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (tmp_path / "project/shared.png").write_bytes(b"shared")
    (tmp_path / "project/sops/materials/poster.png").write_bytes(b"poster")
    (tmp_path / "elsewhere/materials/own.png").write_bytes(b"own")
    return tmp_path


def inside(project: Path) -> ProjectFiles:
    return ProjectFiles(root=project / "project", sop_folder=project / "project/sops")


def elsewhere(project: Path) -> ProjectFiles:
    return ProjectFiles(root=project / "project", sop_folder=project / "elsewhere")


@pytest.mark.parametrize(
    "path", ["materials/poster.png", "sops/materials/poster.png", "./materials/../materials/poster.png"]
)
def test_a_material_counts_from_the_sop_file_or_the_project(path: str, project: Path) -> None:
    found = inside(project).find(path)

    expected = (project / "project/sops/materials/poster.png").resolve()
    assert found == Found(path=str(expected), size=6, digest=hashlib.sha256(b"poster").hexdigest())


@pytest.mark.parametrize("path", ["../shared.png", "shared.png"])
def test_a_material_may_lie_anywhere_in_the_project(path: str, project: Path) -> None:
    assert isinstance(inside(project).find(path), Found)


def test_an_sop_file_elsewhere_brings_its_own_materials(project: Path) -> None:
    assert isinstance(elsewhere(project).find("materials/own.png"), Found)
    assert isinstance(elsewhere(project).find("sops/materials/poster.png"), Found)


@pytest.mark.parametrize("path", ["../../secret.png", "materials/../../../secret.png", "../nothing/../../secret.png"])
def test_a_path_that_climbs_out_is_refused(path: str, project: Path) -> None:
    assert inside(project).find(path) == Outside()


@pytest.mark.parametrize("path", ["../secret.png", "materials/../../secret.png"])
def test_an_sop_file_elsewhere_reaches_no_further_than_its_folder(path: str, project: Path) -> None:
    assert elsewhere(project).find(path) == Outside()


def test_an_absolute_path_outside_is_refused(project: Path) -> None:
    assert inside(project).find(str(project / "secret.png")) == Outside()
    assert inside(project).find("/etc/passwd") == Outside()


@pytest.mark.parametrize("target", ["secret.png", "."])
def test_a_symlink_counts_by_where_it_leads(target: str, project: Path) -> None:
    link = project / "project/sops/materials/link"
    link.symlink_to(project / target)
    path = "materials/link" if target.endswith(".png") else "materials/link/secret.png"

    assert inside(project).find(path) == Outside()


def test_a_symlink_within_the_project_is_fine(project: Path) -> None:
    (project / "project/sops/materials/link.png").symlink_to(project / "project/shared.png")

    assert isinstance(inside(project).find("materials/link.png"), Found)


@pytest.mark.parametrize("path", ["materials/nothing.jpeg", "materials", "nowhere/at/all.png", "a\0b", ""])
def test_what_is_not_there_is_missing(path: str, project: Path) -> None:
    assert isinstance(inside(project).find(path), Missing)


def test_a_circle_of_symlinks_is_missing(project: Path) -> None:
    first, second = project / "project/sops/a.png", project / "project/sops/b.png"
    first.symlink_to(second)
    second.symlink_to(first)

    assert isinstance(inside(project).find("a.png"), Missing)


def test_a_similar_name_is_offered(project: Path) -> None:
    assert inside(project).find("materials/postr.png") == Missing(near="materials/poster.png")


def test_a_picture_is_kept_once_by_its_content_and_never_half(project: Path) -> None:
    files = inside(project)
    first, again, other = files.keep("a.png", b"one"), files.keep("b.png", b"one"), files.keep("a.png", b"two")

    assert isinstance(first, Found)
    assert isinstance(other, Found)
    assert first == again
    assert first.digest == hashlib.sha256(b"one").hexdigest()
    assert {Path(first.path).read_bytes(), Path(other.path).read_bytes()} == {b"one", b"two"}
    assert sorted(Path(first.path).parent.iterdir()) == sorted((Path(first.path), Path(other.path)))
    assert isinstance(files.find(first.path), Found)


def test_a_picture_that_was_cut_short_is_written_again(project: Path) -> None:
    files = inside(project)
    found = files.keep("a.png", b"whole")
    assert isinstance(found, Found)
    Path(found.path).write_bytes(b"wh")

    assert files.keep("a.png", b"whole") == found
    assert Path(found.path).read_bytes() == b"whole"


def test_a_picture_that_has_no_place_is_not_kept(project: Path) -> None:
    (project / "project/.groupbot").write_bytes(b"a file, no folder")

    assert inside(project).keep("a.png", b"one") is None
