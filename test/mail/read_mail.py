"""Reads a mail from standard input with Python's own parser, and prints what a mail program would show of it."""
import json
import sys
from email import message_from_bytes, policy

mail = message_from_bytes(sys.stdin.buffer.read(), policy=policy.default)


def part(kind):
    found = mail.get_body((kind,))
    return None if found is None else found.get_content()


print(json.dumps({
    "headers": [[name, str(value)] for name, value in mail.items()],
    "from": [[one.display_name, one.addr_spec] for one in mail["from"].addresses],
    "replyTo": [[one.display_name, one.addr_spec] for one in mail["reply-to"].addresses],
    "to": [[one.display_name, one.addr_spec] for one in mail["to"].addresses],
    "subject": str(mail["subject"]),
    "date": mail["date"].datetime.isoformat(),
    "parts": [one.get_content_type() for one in mail.walk()],
    "names": [one.get_filename() for one in mail.walk()],
    "text": part("plain"),
    "html": part("html"),
    "defects": [type(fault).__name__ for one in mail.walk() for fault in one.defects],
}))
