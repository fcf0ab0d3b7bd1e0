"""The report as one HTML page that any phone opens, with nothing from outside. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from groupbot.reports.campaign.funnel import FunnelStage
from groupbot.reports.campaign.shown import money, number, share
from groupbot.reports.campaign.tables import Cell, Share, Sum, Table, summary, tables
from groupbot.reports.campaign.values import Report
from groupbot.reports.campaign.words import title

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
body{max-width:64em;margin:0 auto;padding:1em}
h1{font-size:1.3em;margin:.2em 0}h2{font-size:1.1em;margin:1.6em 0 .4em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.5em 0}dt{opacity:.65}dd{margin:0}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.3em .7em;border-bottom:1px solid #8884;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}th{font-weight:600;opacity:.75}
.bar{display:grid;grid-template-columns:7em 1fr 8em;gap:.6em;align-items:center;margin:.3em 0}
.bar b{display:block;background:#14614f;height:1.1em;border-radius:3px;min-width:2px}
.bar span:last-child{text-align:right}
p.note{opacity:.65;font-size:.85em;margin:.3em 0}
"""


def as_html(report: Report) -> str:
    """Return the report as a page."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    head = escape(title(report))
    yield f'<!doctype html><html><head><meta charset="utf-8"><title>{head}</title>'
    yield f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
    yield f"<body><h1>{head}</h1><dl>"
    for name, value in summary(report):
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"
    most = max((one.count for one in report.funnel), default=0)
    yield from (_bar(one, most) for one in report.funnel)
    for table in tables(report):
        yield from _table(table)
    yield "</body></html>"


def _bar(one: FunnelStage, most: int) -> str:
    width = 100 * one.count / most if most else 0
    figure = number(one.count) + (f" · {share(one.rate)}" if one.rate is not None else "")
    bar = f'<b style="width:{width:.1f}%"></b>'
    return f'<div class="bar"><span>{escape(one.stage.title)}</span><span>{bar}</span><span>{figure}</span></div>'


def _table(table: Table) -> Iterator[str]:
    yield f'<h2>{escape(table.title)}</h2><div class="wide"><table><thead><tr>'
    yield "".join(f"<th>{escape(heading)}</th>" for heading in table.headings)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td>{escape(shown(cell))}</td>" for cell in row) + "</tr>"
    yield "</tbody></table></div>"
    if table.note:
        yield f'<p class="note">{escape(table.note)}</p>'


def shown(cell: Cell) -> str:
    """Return a cell in words."""
    match cell:
        case Share(value=value):
            return share(value)
        case Sum(value=value, currency=currency):
            return money(value, currency)
        case int():
            return number(cell)
    return cell
