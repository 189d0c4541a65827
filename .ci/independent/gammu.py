#!/usr/bin/env python3
"""gammu reads what mmscope writes: subject, recipient, and type, name and Content-ID of every part.

usage: gammu.py MMSCOPE

gammu 1.42 knows neither Bcc nor X-Mms-Sender-Visibility and stops reading there, and of several recipients it keeps one: the messages here do without.
It also shows the quote 7F behind a charset as if it were text (it is none: WAP-230-WSP section 8.4.2.1), reads no length that begins with 1F, and cuts a
long subject in mid-line; the quote is taken off here, and subjects are short. Fails when gammu is missing.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import messages


def main():
    mmscope = str(pathlib.Path(sys.argv[1]).resolve())
    gammu = shutil.which("gammu") or sys.exit("FAILED: gammu is not installed (Debian: apt-get install gammu)")
    names = [name for name in sorted(messages.FILES) if name.isascii()]
    subjects = [subject for subject in messages.SUBJECTS if len(subject.encode()) < 28] + ["naïve", "ünder", "1", "a b", "=?x"]
    compared, failed = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for name, (_, octets) in messages.FILES.items():
            (pathlib.Path(folder) / name).write_bytes(octets)
        for number, subject in enumerate(subjects * 2):
            files = [names[number % len(names)], names[(number + 3) % len(names)]]
            words = ["--to", messages.NUMBERS[number], "--priority", "high", "--expiry", "86400", "--read-report"]
            words += ["--subject", subject] if subject else []
            for name in files:
                words += ["--attach", name]
            subprocess.run([mmscope, "pdu", "encode", "-o", "m.mms", *words, "hello"], cwd=folder, check=True, capture_output=True)
            shown = subprocess.run([gammu, "readmmsfile", "m.mms"], cwd=folder, capture_output=True, input=b"no\n", env={"LC_ALL": "C.UTF-8", "HOME": folder})
            lines = [line.split(":", 1) for line in shown.stdout.decode(errors="replace").splitlines() if ":" in line]
            lines = [(key.strip(), value.strip()) for key, value in lines]
            kinds = ["application/smil", "text/plain"] + [messages.FILES[name][0] for name in files]
            expected = [
                ("Recipient", [f"phone {messages.NUMBERS[number]}"]),
                ("Message type", ["m-send-req"]),
                ("Subject", [subject] if subject else []),
                # The first content type is that of the multipart.
                ("Content type", ["application/vnd.wap.multipart.related; start=<smil>; type=application/smil"] + kinds),
            ]
            for key, wanted in expected:
                found = [value for known, value in lines if known == key]
                compared += 1
                if key == "Subject":
                    found = [value.removeprefix("\x7f") for value in found]
                if [w.lower() for w in wanted] != [f.lower() for f in found]:
                    failed.append((number, key, wanted, found))
            found = [value.split(" (")[0] for known, value in lines if known == "Name"]
            compared += 1
            if found != ["smil.xml", "text_0.txt", *files]:
                failed.append((number, "Name", files, found))
    for row in failed:
        print("message %d, %s: asked %r, gammu sees %r" % row)
    if failed:
        sys.exit(f"FAILED: {len(failed)} of {compared} differ")
    print(f"gammu agrees on {len(subjects) * 2} messages, {compared} fields")


main()
