"""[accounts.persona]: who an account is to members (人设): name, picture, cover and bio."""

from __future__ import annotations

from groupbot.settings.fields import FilePath, Section


class PersonaSettings(Section):
    """What an account shows of itself. `groupbot doctor` compares; `groupbot persona set` changes what can be."""

    name: str = ""
    """The display name; "" = not said."""
    bio: str = ""
    """The line below the name (个性签名); "" = not said."""
    avatar: FilePath | None = None
    """The picture file; none by default."""
    cover: FilePath | None = None
    """The picture above the account's moments (朋友圈封面); a person sets it on the phone. None by default."""
