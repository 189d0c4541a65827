"""Messages of every kind, made by `mmscope pdu encode`; the same ones in every run. Each comes with what was asked for."""
import pathlib
import random
import subprocess

NUMBERS = [f"+1202555{n:04}" for n in range(100, 130)]
SUBJECTS = ["", "Photo", "Été 🌞 über", "漢字かな", "=?utf-8?Q?no_word?=", "A subject with a % and \"marks\"", "й" * 30, "x" * 200]
TEXTS = ["hello", "Grüße aus Köln €", "👩‍👩‍👧 family", "line one\nline two\n", "a long text " * 400, ""]
FILES = {
    "cat.gif": ("image/gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"),
    "tone.amr": ("audio/amr", b"#!AMR\n" + b"\x3c\x91" * 300),
    "film.3gp": ("video/3gpp", b"\0\0\0\x18ftyp3gp4" + b"\x00\xff" * 2000),
    "card.vcf": ("text/x-vCard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n"),
    "plan.ics": ("text/x-vCalendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    "été à deux.pdf": ("application/pdf", b"%PDF-1.4 " + b"\0" * 100),
    "data.zzz": ("application/octet-stream", bytes(range(255, -1, -1)) * 20),
    "one.txt": ("text/plain", "ünicode file".encode()),
}


def generate(mmscope, folder, count):
    """Yields (number, asked, PDU)."""
    folder = pathlib.Path(folder)
    chance = random.Random(20261122)
    for name, (_, octets) in FILES.items():
        (folder / name).write_bytes(octets)
    for number in range(count):
        pick = lambda share: chance.random() < share
        some = lambda: chance.sample(NUMBERS, chance.randint(1, 3))
        asked = {
            "transaction_id": f"T{number:04}",
            "mms_version": ["1.0", "1.1", "1.2", "1.3"][number % 4],
            "date": 1_700_000_000 + number,
            "to": some() if number % 7 else ["someone@example.org", "12345"],
            "cc": some() if pick(0.4) else [],
            "bcc": some() if pick(0.3) else [],
            "from": chance.choice(NUMBERS) if pick(0.4) else None,
            "subject": SUBJECTS[number % len(SUBJECTS)],
            "class": chance.choice([None, "personal", "advertisement", "informational", "auto"]),
            "priority": chance.choice([None, "low", "normal", "high"]),
            "delivery_report": chance.choice([None, True, False]),
            "read_report": chance.choice([None, True, False]),
            "visibility": chance.choice([None, "show", "hide"]),
            "expiry": chance.choice([None, 127, 86400, "@1800000000"]),
            "delivery_time": chance.choice([None, 128, 3600, "@1790000000"]),
            "text": TEXTS[number % len(TEXTS)],
            "files": chance.sample(sorted(FILES), chance.randint(0, 4)),
        }
        if not asked["text"] and not asked["files"]:
            asked["text"] = "in the end a text"
        words = ["--transaction-id", asked["transaction_id"], "--mms-version", asked["mms_version"], "--date", str(asked["date"])]
        for option in ("to", "cc", "bcc"):
            for address in asked[option]:
                words += [f"--{option}", address]
        for option in ("from", "class", "priority", "expiry", "delivery_time"):
            if asked[option] is not None:
                words += ["--" + option.replace("_", "-"), str(asked[option])]
        if asked["visibility"]:
            words += ["--sender-visibility", asked["visibility"]]
        for option in ("delivery_report", "read_report"):
            if asked[option] is not None:
                words.append("--" + option.replace("_", "-") + ("=yes" if asked[option] else "=no"))
        if asked["subject"]:
            words += ["--subject", asked["subject"]]
        for name in asked["files"]:
            words += ["--attach", name]
        if asked["text"]:
            words += ["--", asked["text"]]
        made = folder / f"{number:04}.mms"
        subprocess.run([mmscope, "pdu", "encode", "-o", str(made), *words], cwd=folder, check=True, capture_output=True, text=True)
        yield number, asked, made.read_bytes()


def address(typed):
    """As it has to stand in the PDU."""
    return typed if "@" in typed else typed + "/TYPE=PLMN"


def parts(asked):
    """Type, name and octets of the parts, without the SMIL."""
    found = [("text/plain", None, asked["text"].encode())] if asked["text"] else []
    return found + [(FILES[name][0], name, FILES[name][1]) for name in asked["files"]]
