"""The config.toml that `groupbot init` writes: what a first project needs, explained in the operator's language."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH = """\
# groupbot's settings for this project. `groupbot doctor` checks them; edits are seen while `groupbot run` runs.
# Relative paths start at the folder of this file. A key that groupbot does not know is refused, with the nearest
# right one; config.example.toml in groupbot's source shows every key with its unit and default.

locale = "en"                     # language of messages to you: zh or en
timezone = "Asia/Shanghai"        # IANA zone in which days begin and times are shown

[database]
url = "sqlite:///groupbot.db"     # what was planned, sent and seen; take a backup of this file now and then

# ── Accounts: one [[accounts]] block per bot login ──────────────────────────────────────────────────────────────

# An account in this terminal: nothing leaves the machine. Run an SOP here before it meets people.
[[accounts]]
name = "main"
adapter = "console"
interactive = true                # you may type as a member while `groupbot run` is in a terminal

# A WeChat account behind a Wechaty gateway: take the # of these lines away, and put the token into the environment
# (export WECHATY_TOKEN=...), never into this file. Then let `account` of the groups below name it.
#[[accounts]]
#name = "wechat"
#adapter = "wechaty"
#endpoint = "127.0.0.1:8788"      # host:port of the gateway
#token_env = "WECHATY_TOKEN"      # NAME of the environment variable that holds the token
#plaintext = true                 # TLS is the default; true only on this machine or a private network

# ── Groups: one [[groups]] block per group ──────────────────────────────────────────────────────────────────────

[[groups]]
name = "camp-1"                   # what --groups and reports call it
account = "main"                  # the account that posts here
id = "camp-1"                     # the group's id on that account's platform, as in 12345@chatroom
tags = ["camp"]                   # SOP steps choose groups by these
#squad = "east"                   # the squad it belongs to
#also = { second = "12345@chatroom" }   # a standby account that is in the group, and its id of it

# ── Who gives commands by chat, and where: docs/commands.md in groupbot's source ────────────────────────────────

#[admin]
#groups = ["camp-1"]              # name your admin group here, one of colleagues alone: the bot takes commands there
#[[people]]
#name = "小周"
#role = "owner"                   # `groupbot people code 小周` prints the code by which the bot knows you

# ── How fast accounts may post. These are the defaults, a careful person's pace ─────────────────────────────────

[pacing]
#account_interval_s = 3.0         # least seconds between two posts of one account
#group_interval_s = 1.0           # least seconds between two posts in one group
#account_daily_cap = 1000         # most posts of one account in a day; 0 = no cap
#group_daily_cap = 50             # most posts in one customers' group in a day; 0 = no cap

# ── Who is told what needs a person, besides the log. Needs: pip install 'groupbot[alerts]' ─────────────────────

[alerts]
#urls_env = "GROUPBOT_ALERT_URLS" # NAME of the environment variable with Apprise URLs: mail, webhook, messenger
#least = "warning"                # least severity that is sent: info, warning or critical

# ── Log ─────────────────────────────────────────────────────────────────────────────────────────────────────────

[log]
#level = "INFO"                   # DEBUG, INFO, WARNING or ERROR
#file = "logs/groupbot.log"       # a log file beside what the terminal shows
"""

CHINESE = """\
# 本项目的 groupbot 配置。`groupbot doctor` 会逐项检查；`groupbot run` 运行期间修改本文件，会自动识别。
# 相对路径从本文件所在的文件夹算起。写错的键会被拒绝，并提示最接近的正确写法；
# 全部的键、单位和默认值见 groupbot 源码里的 config.example.toml。

locale = "zh"                     # 给你看的提示用什么语言：zh 或 en
timezone = "Asia/Shanghai"        # 时区（IANA 名称）：一天从几点算起、时间怎么显示

[database]
url = "sqlite:///groupbot.db"     # 计划、发送和收到的记录都在这个文件里，请定期备份

# ── 机器人号：每个号写一段 [[accounts]] ─────────────────────────────────────────────────────────────────────────

# 终端里的号：消息不会离开这台电脑。SOP 先在这里跑一遍，再发给真人。
[[accounts]]
name = "main"
adapter = "console"
interactive = true                # 在终端里运行 `groupbot run` 时，你可以打字扮演群成员

# 微信号（经 Wechaty 网关）：去掉下面各行开头的 #，token 放进环境变量
# （export WECHATY_TOKEN=...），不要写进本文件；再把下面群里的 account 改成这个号的名字。
#[[accounts]]
#name = "wechat"
#adapter = "wechaty"
#endpoint = "127.0.0.1:8788"      # 网关的 主机:端口
#token_env = "WECHATY_TOKEN"      # 存放 token 的环境变量的「名字」
#plaintext = true                 # 默认走 TLS；只有网关在本机或内网时才写 true

# ── 群：每个群写一段 [[groups]] ─────────────────────────────────────────────────────────────────────────────────

[[groups]]
name = "camp-1"                   # 在 --groups 和复盘里怎么称呼这个群
account = "main"                  # 由哪个号在这个群里发言
id = "camp-1"                     # 这个群在该平台上的 id，例如 12345@chatroom
tags = ["camp"]                   # SOP 的步骤按标签挑选群
#squad = "east"                   # 所属分组
#also = { second = "12345@chatroom" }   # 也在群里的备用号，以及它看到的群 id

# ── 谁可以在聊天里下命令、在哪个群下：见 groupbot 源码里的 docs/commands.md ─────────────────────────────────────

#[admin]
#groups = ["camp-1"]              # 换成管理群：一个只有同事的群，机器人号在那里听命令
#[[people]]
#name = "小周"
#role = "owner"                   # 负责人；`groupbot people code 小周` 给出认领码，机器人号凭它认得你

# ── 发言快慢。下面是默认值：一个谨慎的真人的速度 ────────────────────────────────────────────────────────────────

[pacing]
#account_interval_s = 3.0         # 同一个号两条消息之间至少隔几秒
#group_interval_s = 1.0           # 同一个群两条消息之间至少隔几秒
#account_daily_cap = 1000         # 一个号一天最多发多少条；0 = 不限
#group_daily_cap = 50             # 一个客户群一天最多发多少条；0 = 不限

# ── 出了事告诉谁（除了日志）。先安装：pip install 'groupbot[alerts]' ────────────────────────────────────────────

[alerts]
#urls_env = "GROUPBOT_ALERT_URLS" # 存放 Apprise 地址的环境变量的「名字」：邮件、webhook、其他通讯工具
#least = "warning"                # 至少多严重才发：info、warning 或 critical

# ── 日志 ────────────────────────────────────────────────────────────────────────────────────────────────────────

[log]
#level = "INFO"                   # DEBUG、INFO、WARNING 或 ERROR
#file = "logs/groupbot.log"       # 除终端外再写一份日志文件
"""

STARTERS: Mapping[str, str] = {"en": ENGLISH, "zh": CHINESE}
"""Language -> config.toml. Both say the same."""
