"""Every text that an operator reads has its Chinese, with the same placeholders, and the compiled catalog has it."""

from __future__ import annotations

import io
import re
from collections import Counter
from gettext import GNUTranslations
from textwrap import dedent

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo

from groupbot import i18n
from tests.architecture import catalog


@pytest.fixture(scope="module")
def found() -> Catalog:
    return catalog.gather()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return catalog.read()


def placeholders(text: str) -> Counter[str]:
    """The names in single braces; doubled ones are what an SOP's templates are written in."""
    return Counter(re.findall(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})", text))


def test_every_text_has_its_chinese(found, chinese):
    missing = catalog.untranslated(catalog.merge(catalog.read(), found))
    assert not missing, f"{len(missing)} texts without Chinese (run `make i18n`, fill in the .po): {missing[:5]}"


def test_translations_keep_their_placeholders(chinese):
    for message in chinese:
        source = placeholders(catalog.forms(message.id)[-1])
        for text in filter(None, catalog.forms(message.string)):
            if message.id:
                assert placeholders(text) == source, f"{message.id!r} -> {text!r}"


def test_the_po_file_is_in_step_with_the_source(found):
    expected = catalog.as_po(catalog.merge(catalog.read(), found))
    assert catalog.PO.read_bytes() == expected, "run `make i18n`"


def test_the_compiled_file_is_in_step_with_the_po_file(chinese):
    assert catalog.MO.read_bytes() == catalog.as_mo(chinese), "run `make i18n`"


def test_the_same_texts_give_the_same_bytes(chinese):
    assert catalog.as_mo(chinese) == catalog.as_mo(catalog.read())
    compiled = read_mo(io.BytesIO(catalog.as_mo(chinese)))
    assert {catalog.forms(message.id) for message in compiled} <= {catalog.forms(message.id) for message in chinese}


class TestGather:
    @staticmethod
    def texts(tmp_path, source: str) -> set[str | tuple[str, ...]]:
        """The texts gathered from a package of one module."""
        (tmp_path / "groupbot").mkdir()
        (tmp_path / "groupbot" / "talk.py").write_text(source, encoding="utf-8")
        return {message.id for message in catalog.gather(tmp_path) if message.id}

    def test_texts_are_found_wherever_they_are_spoken(self, tmp_path):
        source = """
            def page(n):
                yield f"<b>{escape(_('Inside'))}</b>"
                yield _("Two " "halves")
                yield ngettext("{n} group", "{n} groups", n)
                yield other("Not spoken")
        """
        assert self.texts(tmp_path, dedent(source)) == {"Inside", "Two halves", ("{n} group", "{n} groups")}

    @pytest.mark.parametrize("source", ['_(f"{name} left")', "_(words)", '_("a" + words)', 'ngettext("one", many, 2)'])
    def test_a_text_that_is_put_together_is_refused(self, tmp_path, source):
        with pytest.raises(ValueError, match=r"groupbot/talk\.py:1: only a literal"):
            self.texts(tmp_path, source)


class TestMerge:
    def test_new_texts_come_empty_and_old_ones_keep_their_chinese(self):
        old, source = Catalog(locale="zh_CN"), Catalog()
        old.add("stays", "留下")
        old.add("gone", "走了")
        source.add("stays")
        source.add("new")
        merged = catalog.merge(old, source)
        assert catalog.untranslated(merged) == ["new"]
        assert b"gone" not in catalog.as_po(merged)
        assert "留下".encode() in catalog.as_po(merged)

    def test_a_text_that_counts_has_one_chinese_form(self):
        old, source = Catalog(locale="zh_CN"), Catalog()
        source.add(("{n} group", "{n} groups"))
        merged = catalog.merge(old, source)
        assert merged.num_plurals == 1
        assert catalog.untranslated(merged) == ["{n} groups"]

    def test_the_one_chinese_form_of_a_text_that_counts_goes_into_both_files(self):
        filled = Catalog(locale="zh_CN")
        filled.add(("{n} group", "{n} groups"), ("{n} 个群",))
        assert catalog.untranslated(filled) == []
        assert 'msgstr[0] "{n} 个群"'.encode() in catalog.as_po(filled)
        spoken = GNUTranslations(io.BytesIO(catalog.as_mo(filled)))
        assert [spoken.ngettext("{n} group", "{n} groups", n) for n in (1, 2)] == ["{n} 个群", "{n} 个群"]


def test_chinese_is_spoken_where_the_catalog_has_it(chinese):
    filled = next((m for m in chinese if isinstance(m.id, str) and m.id and m.string), None)
    if filled is None:
        pytest.fail("the catalog has no translation yet")
    i18n.use("zh")
    assert i18n._(filled.id) == filled.string
    i18n.use("en")
    assert i18n._(filled.id) == filled.id
