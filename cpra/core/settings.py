"""What cpra.toml may say: the keys of each of its tables. No secret belongs there."""

from __future__ import annotations

from cpra.core.schema import Key

REQUESTER_KEYS = {
    "name": Key(str),
    "organization": Key(str),
    "email": Key(str),
    "address": Key(str),
    "phone": Key(str),
}

SECURITY = ("tls", "starttls", "plain")
"""How a connection is kept from others; plain is for servers on this machine only."""

ACCOUNT_KEYS = {
    "address": Key(str, required=True),
    "name": Key(str),
    "reply_to": Key(str),
    "login": Key(str),
    "smtp": Key(str),
    "smtp_security": Key(str, choices=SECURITY),
    "imap": Key(str),
    "imap_security": Key(str, choices=SECURITY),
    "timeout": Key(int),
    "password_command": Key(list, of=str),
    "provider": Key(str),
    "client_id": Key(str),
    "authorize_url": Key(str),
    "token_url": Key(str),
    "scope": Key(str),
    "mailboxes": Key(list, of=str),
    "take": Key(str, choices=("all", "related")),
    "sent_folder": Key(str),
    "save_sent": Key(bool),
}
"""An e-mail account; its password is in the keyring, or printed by the command, never here."""

CONFIG_KEYS = {
    "format": Key(int, required=True),
    "discreet": Key(bool),
    "requester": Key(dict, table=REQUESTER_KEYS),
    "account": Key(dict, named=True, table=ACCOUNT_KEYS),
    "limits": Key(
        dict,
        table={
            **{name: Key(str) for name in ("size", "memory")},
            **{name: Key(int) for name in ("files", "depth", "ratio", "seconds", "ocr")},
        },
    ),
    "remind": Key(dict, table={"to": Key(str), "account": Key(str), "notify": Key(str)}),
    "calendar": Key(
        dict,
        table={
            "url": Key(str, required=True),
            "login": Key(str),
            "password_command": Key(list, of=str),
            "timeout": Key(int),
        },
    ),
}
