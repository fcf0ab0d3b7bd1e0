"""Budgets, warm-up and who may come in, as config.toml sets them for each account."""

from __future__ import annotations

from datetime import date

import pytest

from groupbot.delivery.budgets import WarmUp
from groupbot.delivery.paces import pace
from groupbot.delivery.pacing import UNPACED
from groupbot.errors import ConfigError
from groupbot.settings import BudgetSettings, Settings, load

ACCOUNT = '[[accounts]]\nname = "{name}"\nadapter = "console"\n'


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUPBOT_LOCALE", "en")

    def read(text: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, {})

    return read


def test_an_accounts_own_budgets_go_before_the_common_ones(read):
    own = ACCOUNT.format(name="b") + "budgets = { rename = 1, recall = 0 }\n"
    settings = read("[budgets]\nrename = 7\n" + ACCOUNT.format(name="a") + own)
    assert pace(settings, "a").budgets["rename"] == 7
    assert pace(settings, "b").budgets["rename"] == 1
    assert pace(settings, "b").budgets["recall"] == 0
    assert pace(settings, "b").budgets["accept_friend"] == BudgetSettings().accept_friend


def test_budgets_and_a_warm_up_hold_without_pacing(read):
    settings = read("[pacing]\nenabled = false\n" + ACCOUNT.format(name="a") + "new_since = 2026-11-20\n")
    chosen = pace(settings, "a")
    assert (chosen.account_interval_s, chosen.account_daily_cap, chosen.group_daily_cap) == (0, 0, 0)
    assert chosen.budgets["create_group"] == 2
    assert chosen.warm_up == WarmUp(
        since=date(2026, 11, 20), posts=(20, 40, 80, 150, 300), shares=(0.1, 0.2, 0.4, 0.6, 0.8)
    )
    assert chosen.cap_on(date(2026, 11, 21)) == 40


def test_the_chats_of_our_own_people_have_no_group_cap(read):
    group = '[[groups]]\nname = "{name}"\naccount = "a"\nid = "{name}"\n'
    chats = "".join(group.format(name=name) for name in ("ops", "east-staff", "camp-1"))
    squads = '[admin]\ngroups = ["ops"]\n[[squads]]\nname = "east"\ngroup = "east-staff"\n[[squads]]\nname = "west"\n'
    chosen = pace(read(ACCOUNT.format(name="a") + chats + squads), "a")
    assert chosen.group_daily_cap == 50
    assert chosen.uncapped >= {"ops", "east-staff"}
    assert "camp-1" not in chosen.uncapped


def test_an_account_that_is_not_new_has_no_warm_up(read):
    settings = read("[pacing]\nenabled = false\n" + ACCOUNT.format(name="a"))
    assert pace(settings, "a").warm_up is None
    assert pace(settings, "a").cap_on(date(2026, 11, 21)) == UNPACED.cap_on(date(2026, 11, 21)) == 0


def test_every_budget_is_of_a_kind_that_costs_something(read):
    costly = {"mention_all", "contact_card", "rename", "announcement", "recall", "set_profile", "create_group"}
    costly |= {"add_members", "remove_members", "accept_friend", "accept_invitation"}
    assert set(BudgetSettings.model_fields) == costly


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[friends]\naccept = "code"\n', "needs codes"),
        ('[friends]\ncodes = [""]\n', "must not be empty"),
        ('[invitations]\naccept = "from"\n', "needs the ids"),
        ('[invitations]\nfrom_ = ["x"]\n', "did you mean from?"),
        ("[warm_up]\nposts_per_day = [1]\n", "equally many"),
        ("[warm_up]\nposts_per_day = [0]\naction_share = [0.5]\n", "must be more than 0"),
        ("[budgets]\nrename = -1\n", "must be at least 0"),
        (ACCOUNT.format(name="a") + 'new_since = "soon"\n', "must be a day, as 2026-11-20"),
    ],
)
def test_mistakes_are_told(read, text, told):
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        read(text)
