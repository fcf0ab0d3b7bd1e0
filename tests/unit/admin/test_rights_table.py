"""Every command in every role and place: what it may do is decided here, by hand, for each."""

from dataclasses import replace

import pytest

from groupbot.admin.declare import Answer
from groupbot.admin.places import Place, PlaceKind
from groupbot.admin.rights import Actor, Granted, decide
from groupbot.core.roles import Role

from .conftest import Chat

ANYWHERE = "admin_group squad_group private"
DECISIONS = {
    "帮助": ("staff", ANYWHERE),
    "状态": ("staff", ANYWHERE),
    "认领": ("member", "squad_group private"),
    "活动 列表": ("staff", ANYWHERE),
    "活动 查看": ("staff", ANYWHERE),
    "活动 今天": ("staff", ANYWHERE),
    "活动 接下来": ("staff", ANYWHERE),
    "活动 预览": ("operator", ANYWHERE),
    "活动 启动": ("operator", ANYWHERE),
    "活动 暂停": ("leader", ANYWHERE),
    "活动 恢复": ("leader", ANYWHERE),
    "活动 取消": ("operator", ANYWHERE),
    "活动 修改": ("operator", ANYWHERE),
    "活动 撤销": ("operator", ANYWHERE),
    "活动 版本": ("operator", ANYWHERE),
    "活动 清单": ("operator", ANYWHERE),
    "活动 通知": ("operator", ANYWHERE),
    "活动 签字": ("operator", ANYWHERE),
    "步骤 列表": ("staff", ANYWHERE),
    "步骤 改时间": ("operator", ANYWHERE),
    "步骤 改话术": ("operator", ANYWHERE),
    "步骤 跳过": ("operator", ANYWHERE),
    "步骤 立即发送": ("operator", ANYWHERE),
    "步骤 补发": ("leader", ANYWHERE),
    "投递 待审": ("leader", ANYWHERE),
    "投递 未知结果": ("leader", ANYWHERE),
    "投递 失败": ("staff", ANYWHERE),
    "投递 列表": ("staff", ANYWHERE),
    "投递 结案": ("leader", ANYWHERE),
    "任务 我的": ("staff", ANYWHERE),
    "任务 列表": ("staff", ANYWHERE),
    "任务 看": ("staff", ANYWHERE),
    "任务 完成": ("staff", ANYWHERE),
    "任务 顺延": ("staff", ANYWHERE),
    "任务 报告": ("staff", ANYWHERE),
    "复盘": ("leader", ANYWHERE),
    "交接": ("operator", "admin_group private"),
    "诊断": ("operator", "admin_group private"),
    "审计": ("operator", "admin_group private"),
    "发送": ("leader", ANYWHERE),
    "群 列表": ("staff", ANYWHERE),
    "群 待绑定": ("operator", ANYWHERE),
    "群 绑定": ("operator", ANYWHERE),
    "群 改名": ("operator", ANYWHERE),
    "群 解绑": ("operator", ANYWHERE),
    "群 标签": ("leader", ANYWHERE),
    "群 分组": ("operator", ANYWHERE),
    "入口 列表": ("staff", ANYWHERE),
    "入口 设置": ("operator", ANYWHERE),
    "入口 下一个": ("operator", ANYWHERE),
    "实验 列表": ("operator", ANYWHERE),
    "实验 看": ("operator", ANYWHERE),
    "实验 结束": ("operator", ANYWHERE),
    "活码 列表": ("staff", ANYWHERE),
    "活码 新建": ("operator", ANYWHERE),
    "活码 图片": ("staff", ANYWHERE),
    "活码 改指": ("operator", ANYWHERE),
    "活码 关闭": ("operator", ANYWHERE),
    "活码 打开": ("operator", ANYWHERE),
    "转化 标记": ("leader", ANYWHERE),
    "转化 撤销": ("leader", ANYWHERE),
    "转化 导入": ("operator", ANYWHERE),
    "转化 待定": ("operator", ANYWHERE),
    "转化 认定": ("operator", ANYWHERE),
    "转化 花费": ("operator", ANYWHERE),
    "转化 测算": ("operator", ANYWHERE),
    "转化 渠道": ("leader", ANYWHERE),
    "转化 尾号": ("leader", ANYWHERE),
    "转化 同人": ("operator", ANYWHERE),
    "转化 分开": ("operator", ANYWHERE),
    "分组 列表": ("staff", ANYWHERE),
    "分组 新建": ("operator", ANYWHERE),
    "分组 组长": ("admin", "admin_group private"),
    "分组 成员": ("staff", ANYWHERE),
    "成员 查": ("staff", ANYWHERE),
    "成员 标签": ("leader", ANYWHERE),
    "成员 信任": ("operator", ANYWHERE),
    "成员 备注": ("leader", ANYWHERE),
    "成员 忘记": ("admin", ANYWHERE),
    "人员 列表": ("operator", ANYWHERE),
    "人员 新增": ("admin", "admin_group private"),
    "人员 认领码": ("admin", "admin_group private"),
    "人员 撤销": ("admin", ANYWHERE),
    "账号 状态": ("staff", ANYWHERE),
    "账号 暂停": ("operator", ANYWHERE),
    "账号 恢复": ("admin", ANYWHERE),
    "账号 人设": ("operator", ANYWHERE),
    "插件 列表": ("operator", ANYWHERE),
    "插件 停用": ("admin", ANYWHERE),
    "插件 启用": ("admin", ANYWHERE),
    "插件 重载": ("admin", ANYWHERE),
    "插件 守卫放行": ("admin", ANYWHERE),
    "插件 守卫恢复": ("admin", ANYWHERE),
    "风险 列表": ("staff", ANYWHERE),
    "风险 查看": ("staff", ANYWHERE),
    "风险 确认": ("staff", ANYWHERE),
    "风险 结案": ("staff", ANYWHERE),
    "风险 误报": ("leader", ANYWHERE),
    "风险 漏报": ("leader", ANYWHERE),
    "风险 版本": ("operator", ANYWHERE),
    "风险 回退": ("admin", ANYWHERE),
    "风险 撤回教学": ("operator", ANYWHERE),
    "风险 拉黑": ("operator", ANYWHERE),
    "风险 解除": ("operator", ANYWHERE),
    "风险 模式": ("operator", ANYWHERE),
}
"""Least role, and places, of each command. A new command stands here, or this file fails."""
PEOPLE = {
    "u-owner": Role.OWNER,
    "u-admin": Role.ADMIN,
    "u-operator": Role.OPERATOR,
    "u-leader": Role.LEADER,
    "u-staff": Role.STAFF,
    "u-member": Role.MEMBER,
    "u-stranger": Role.MEMBER,
}
CHATS = {
    "g-ops": ("admin_group", ""),
    "g-east": ("squad_group", "east"),
    "g-west": ("squad_group", "west"),
    None: ("private", ""),
    "g-camp": ("customer_group", ""),
    "g-unnamed": ("customer_group", ""),
}
COMMANDS = Chat().room.services.registry.commands


def is_allowed(command, role, chat):
    """What DECISIONS says; east is the squad of the leader and of the staff, west is nobody's."""
    least, places = DECISIONS[command]
    kind, squad = CHATS[chat]
    if kind not in places.split() or role < Role[least.upper()]:
        return False
    return least == "member" or role >= Role.OPERATOR or squad in {"", "east"}


def test_each_command_is_decided_here():
    assert {command.name for command in COMMANDS} == set(DECISIONS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.path[0])
def test_the_decision_holds_in_every_role_and_place(command):
    for member, role in PEOPLE.items():
        for kind, squad in CHATS.values():
            place = Place(account="main", group="g", kind=PlaceKind(kind), squad=squad)
            squads = frozenset({"east"}) if role in {Role.LEADER, Role.STAFF} else frozenset()
            name = "" if member == "u-stranger" else member
            actor = Actor(account="main", member_id=member, name=name, role=role, squads=squads)
            chat = next(key for key, value in CHATS.items() if value == (kind, squad))
            granted = isinstance(decide(command, actor, place), Granted)
            assert granted == is_allowed(command.name, role, chat), (command.name, role.name, kind, squad)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.path[0])
async def test_the_router_runs_what_is_allowed_and_nothing_else(command):
    chat, ran = Chat(), []

    async def note(call):
        ran.append(call.actor.member_id)
        return Answer(text="done")

    registry = chat.room.services.registry
    _swap(registry, command, note)
    for member, role in PEOPLE.items():
        for group in CHATS:
            ran.clear()
            said = await chat.type(command.example, by=member, group=group)
            allowed = is_allowed(command.name, role, group)
            assert ran == ([member] if allowed else []), (command.name, member, group)
            if CHATS[group][0] == "customer_group":
                assert said is None
            if not allowed and CHATS[group][0] != "customer_group":
                stranger = member == "u-stranger" and group is None
                assert chat.audit.entries[-1].result == "refused"
                assert (said == "") == stranger


def _swap(registry, command, handler):
    """Put `handler` in place of a command's own, and let it ask nothing before."""
    for key, known in list(registry._by_name.items()):
        if known.name == command.name:
            registry._by_name[key] = replace(known, handler=handler, plan=None)
