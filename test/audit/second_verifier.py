"""A second verifier, which shares no code with ours: Python's standard library for the tree and the texts,
the openssl program for the signature. Written from RFC 6962 and C2SP signed-note, tlog-tiles and tlog-proof.

    second_verifier.py log FOLDER KEY
    second_verifier.py receipt FILE KEY
"""
import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile


def fail(why):
    print("FAILED", why)
    sys.exit(1)


def leaf(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree(hashes):
    """MTH of RFC 6962, section 2.1, from the leaf hashes; what is odd at a level waits for the next."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        pairs = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + ([hashes[-1]] if len(hashes) % 2 else [])
    return hashes[0]


def open_note(note, key):
    name, key_id, encoded = key.strip().split("+", 2)
    public = base64.b64decode(encoded, validate=True)
    if public[:1] != b"\x01" or len(public) != 33:
        fail("not an Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() != key_id:
        fail("the key does not fit its id")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and signer == name and signature[:4].hex() == key_id:
            if not ed25519(public[1:], text.encode(), signature[4:]):
                fail("the signature does not fit")
            origin, size, root = text.splitlines()[:3]
            if origin != name:
                fail("another log")
            return int(size), base64.b64decode(root, validate=True)
    fail("no signature of this key")


def ed25519(public, message, signature):
    der = bytes.fromhex("302a300506032b6570032100") + public
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", der), ("message", message), ("signature", signature)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in message -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0


def tile_name(level, index, width):
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s" % (level, "/".join(parts)) + ("" if width == 256 else ".p/%d" % width)


def read(folder, level, index, width):
    for each in (width, 256):
        path = os.path.join(folder, tile_name(level, index, each))
        if os.path.exists(path):
            with open(path, "rb") as file:
                return file.read()
    fail("%s is missing" % tile_name(level, index, width))


def bundle(data):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 + length:
            fail("a torn bundle")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    return entries


def check_log(folder, key):
    with open(os.path.join(folder, "checkpoint"), encoding="utf-8", newline="") as file:
        size, root = open_note(file.read(), key)
    leaves = []
    for index in range((size + 255) // 256):
        width = min(256, size - index * 256)
        leaves += [leaf(entry) for entry in bundle(read(folder, "entries", index, width))[:width]]
    if len(leaves) != size:
        fail("%d entries, %d were signed" % (len(leaves), size))
    if tree(leaves) != root:
        fail("the entries do not give the signed root")
    level, hashes = 0, leaves
    while hashes:
        for index in range((len(hashes) + 255) // 256):
            expected = hashes[index * 256 : index * 256 + 256]
            if read(folder, level, index, len(expected))[: 32 * len(expected)] != b"".join(expected):
                fail("%s differs" % tile_name(level, index, len(expected)))
        hashes = [tree(hashes[i : i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1
    print("VERIFIED", size, base64.b64encode(root).decode())


def check_receipt(path, key):
    with open(path, encoding="utf-8", newline="") as file:
        head, _, note = file.read().partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1" or not lines[0].startswith("extra "):
        fail("not a receipt")
    entry, _, opening = base64.b64decode(lines.pop(0)[6:], validate=True).partition(b"\n")
    index = int(lines.pop(0)[len("index ") :])
    size, root = open_note(note, key)
    at, last, result = index, size - 1, leaf(entry)
    if at > last:
        fail("no such entry")
    for line in lines:  # RFC 9162, section 2.1.3.2
        if last == 0:
            fail("the proof is too long")
        other = base64.b64decode(line, validate=True)
        if at % 2 or at == last:
            result = node(other, result)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node(result, other)
        at, last = at >> 1, last >> 1
    if last or result != root:
        fail("the entry is not in the log")
    print("VERIFIED", index, size, *(person(entry, opening) if opening else []))


def person(entry, opening):
    """Who stands behind the commitment of the entry: HMAC-SHA-256 under the salt, over a label and the names."""
    told = json.loads(opening)
    names = [told["kind"], canonical(told["key"])] + told["identity"]
    text = b"oubli/subject/v1\0" + canonical(names).encode()
    commitment = hmac.new(bytes.fromhex(told["salt"]), text, hashlib.sha256).hexdigest()
    if commitment != json.loads(entry)["subject"]:
        fail("another person")
    return [told["kind"], ",".join(told["key"])]


def canonical(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    try:
        {"log": check_log, "receipt": check_receipt}[sys.argv[1]](sys.argv[2], sys.argv[3])
    except (ValueError, IndexError, KeyError) as error:
        fail(type(error).__name__)
