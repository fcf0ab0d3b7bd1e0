"""What a chat platform answered, sorted by what a sender may do next.

ChatError
├── Temporary          not sent for sure; try again later within the step's grace
│   ├── NotConnected   no connection or nobody logged in
│   ├── Busy           another client holds the account's event stream
│   └── Limited        the platform's limit notice: the whole account stops until a person decides
├── UnknownOutcome     request bytes left and no answer came: it may have been posted
└── Permanent          not sent, and the same request will never be
    ├── AuthFailed     wrong token or banned account
    ├── TooLarge
    ├── Unsupported    this account can't do that here
    └── Rejected       the platform refused this request
"""

from __future__ import annotations

from groupbot.errors import GroupbotError


class ChatError(GroupbotError):
    """A call to a chat platform did not succeed."""


class Temporary(ChatError):
    """Nothing was posted; the same call may succeed later. `retry_after_s`: the platform's wish, seconds."""

    def __init__(self, message: str, *, hint: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class NotConnected(Temporary):
    """There is no usable connection; no byte of the request left."""


class Busy(Temporary):
    """Another client holds this account's event stream."""


class Limited(Temporary):
    """The platform says that this account does too much ("操作频繁")."""


class UnknownOutcome(ChatError):
    """The request may or may not have been carried out."""


class Permanent(ChatError):
    """Nothing was posted, and trying again does not help."""


class AuthFailed(Permanent):
    """The token or the account is refused."""


class TooLarge(Permanent):
    """The file or text is over the platform's limit."""


class Unsupported(Permanent):
    """The account or platform can't do this."""


class Rejected(Permanent):
    """The platform refused this request."""
