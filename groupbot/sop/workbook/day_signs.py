"""Whether words name a day, before any of them is read."""

from __future__ import annotations

import re

DAYISH = re.compile(
    r"第?\s*[\d一二三四五六七八九十]+\s*[天日号]|(?<![a-z])d(?:ay)?\s*-?\d|\d\s*月|(?:周|星期|礼拜)[一二三四五六日天末]|\d{4}-\d"
    r"|(?<![\d:：])\d{1,2}[/.]\d{1,2}(?![\d:：])|t\s*[-+]\s*\d|前一[天晚]|次日|第[一二三四五六七八九十\d]+[晚周]",
    re.IGNORECASE,
)
"""A day, a date, a weekday or a distance from the event, anywhere in a text."""
