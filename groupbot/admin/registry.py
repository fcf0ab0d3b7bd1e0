"""The commands that there are, by every name that they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groupbot.admin.declare import Command, Kind
from groupbot.admin.folding import alike
from groupbot.admin.places import PlaceKind
from groupbot.core.roles import Role


class Registry:
    """Commands by name. Plugins add theirs while the bot runs and take them away again."""

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self._commands: list[Command] = []
        self._by_name: dict[str, Command] = {}
        for command in commands:
            self.add(command)

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command in the order of declaration."""
        return tuple(self._commands)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name as it is typed, without the stroke."""
        return tuple(" ".join(name) for command in self._commands for name in command.names)

    def find(self, name: str) -> Command | None:
        """Return the command of that name, however its words are spaced."""
        return self._by_name.get(alike(name))

    def add(self, command: Command) -> Callable[[], None]:
        """Make `command` known and return what undoes it. Raises ValueError for one that is declared wrongly."""
        _check(command)
        keys = {alike(" ".join(name)) for name in command.names}
        if taken := keys & self._by_name.keys():
            raise ValueError(f"the command name {sorted(taken)} is taken")
        self._commands.append(command)
        self._by_name |= dict.fromkeys(keys, command)

        def remove() -> None:
            if command in self._commands:
                self._commands.remove(command)
                for key in keys:
                    del self._by_name[key]

        return remove


def _check(command: Command) -> None:
    """Raise ValueError when `command` could never be typed, or heard, as it is declared."""
    if not all(name and all(alike(word) for word in name) for name in command.names):
        raise ValueError(f"{command.name}: a name without words")
    if not command.places or PlaceKind.CUSTOMER_GROUP in command.places:
        raise ValueError(f"{command.name}: places must be staffed chats")
    if not (command.help and command.example.startswith("/")):
        raise ValueError(f"{command.name}: help, and an example that begins with /, are missing")
    if command.for_strangers != (command.role is Role.MEMBER):
        raise ValueError(f"{command.name}: the role MEMBER is for commands of strangers, and for no others")
    placed = [parameter for parameter in command.parameters if not parameter.words]
    for index, parameter in enumerate(placed):
        takes_all = parameter.many or parameter.kind is Kind.REST
        if takes_all and index + 1 < len(placed):
            raise ValueError(f"{command.name}: nothing can follow {parameter.name}")
        if index and placed[index - 1].optional and not parameter.optional:
            raise ValueError(f"{command.name}: {parameter.name} must be optional, too")
    if len({parameter.name for parameter in command.parameters}) < len(command.parameters):
        raise ValueError(f"{command.name}: two parameters have one name")
