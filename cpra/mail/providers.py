"""Where the large providers have their servers, so that an account needs only its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider's servers and, for signing in without a password, its addresses and scope."""

    smtp: str
    imap: str
    authorize_url: str = ""
    token_url: str = ""
    scope: str = ""
    redirect_host: str = "127.0.0.1"
    keeps_sent: bool = False
    """it puts what is sent through it into the Sent folder by itself"""
    password_note: str = ""
    """what a password is there, where it is not the one a person signs in with"""


PROVIDERS: Mapping[str, Provider] = {
    "google": Provider(
        smtp="smtp.gmail.com:465",
        imap="imap.gmail.com:993",
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 (an address, no secret)
        scope="https://mail.google.com/",
        keeps_sent=True,
        password_note="Google takes an app password here, not the one you sign in with",  # noqa: S106 (a sentence)
    ),
    "microsoft": Provider(
        smtp="smtp.office365.com:587",
        imap="outlook.office365.com:993",
        authorize_url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",  # noqa: S106 (an address, no secret)
        scope=(
            "offline_access https://outlook.office.com/SMTP.Send "
            "https://outlook.office.com/IMAP.AccessAsUser.All"
        ),
        redirect_host="localhost",
        keeps_sent=True,
        password_note="Microsoft is ending passwords for mail programs; see --client-id",  # noqa: S106 (a sentence)
    ),
}
