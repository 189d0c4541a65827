#!/usr/bin/env python3
"""Wireshark's MMSE dissector reads what mmscope writes, field by field.

usage: tshark.py MMSCOPE [COUNT] [--keep FILE.pcap]

Messages go into a pcap as HTTP POSTs over TCP; tshark must see every field, every part and every octet as they were asked for, no bad checksum, nothing
malformed. Fails when tshark is missing.

Where tshark is wrong and its opinion is not asked: a part of no octets makes tshark 4.0 call the packet malformed (its lengths, HeadersLen n and DataLen
00, are those that WSP wants), so that no file here is empty; a media type's dissector judges the octets of a picture, so that the GIF is a whole one.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as Tree

import capture
import messages

YES_NO = {True: "80", False: "81"}
CLASSES = {"personal": "80", "advertisement": "81", "informational": "82", "auto": "83"}
PRIORITIES = {"low": "80", "normal": "81", "high": "82"}
VISIBILITY = {"hide": "80", "show": "81"}


class Message:
    """One m-send-req as tshark sees it."""

    def __init__(self, proto):
        self.fields = {}
        for field in proto.findall("field"):
            self.fields.setdefault(field.get("name"), []).append(field)
        self.parts = proto.findall(".//field[@name='wsp.multipart']")

    def shown(self, name):
        return [field.get("show") for field in self.fields.get(name, [])]

    def raw(self, name):
        return [field.get("value") for field in self.fields.get(name, [])]


def one(field, name):
    found = field.find(f".//field[@name='{name}']")
    return None if found is None else found


def part(field):
    """Type, name, Content-ID, Content-Location and octets of a part. The data is what lies behind its headers, as tshark counts them."""
    kind = re.search(r"content-type: (.*)$", field.get("showname")).group(1)
    raw = bytes.fromhex(field.get("value"))
    headers = one(field, "wsp.headers")
    data = int(headers.get("pos")) + int(headers.get("size")) - int(field.get("pos"))
    text = lambda name: None if one(field, name) is None else bytes.fromhex(one(field, name).get("value")).rstrip(b"\0").lstrip(b"\x7f")
    location = text("wsp.header.content_location")
    return kind, text("wsp.parameter.name"), one(field, "wsp.header.content_id").get("show").strip('"'), location[1:].lstrip(b"\x7f"), raw[data:]


def differences(asked, seen):
    """(field, asked, seen) wherever they differ."""
    known = lambda table, value: [] if value is None else [table[value]]
    rows = [
        ("message_type", ["8c80"], seen.raw("mmse.message_type")),
        ("transaction_id", [asked["transaction_id"]], seen.shown("mmse.transaction_id")),
        ("mms_version", [asked["mms_version"]], seen.shown("mmse.mms_version")),
        ("date", ["8504%08x" % asked["date"]], seen.raw("mmse.date")),
        ("from", [messages.address(asked["from"]) if asked["from"] else "<insert address>"], seen.shown("mmse.from")),
        ("class", ["8a" + c for c in known(CLASSES, asked["class"])], seen.raw("mmse.message_class.id")),
        ("priority", ["8f" + c for c in known(PRIORITIES, asked["priority"])], seen.raw("mmse.priority")),
        ("delivery_report", ["86" + c for c in known(YES_NO, asked["delivery_report"])], seen.raw("mmse.delivery_report")),
        ("read_report", ["90" + c for c in known(YES_NO, asked["read_report"])], seen.raw("mmse.read_report")),
        ("visibility", ["94" + c for c in known(VISIBILITY, asked["visibility"])], seen.raw("mmse.sender_visibility")),
    ]
    for name in ("to", "cc", "bcc"):
        rows.append((name, [messages.address(a) for a in asked[name]], seen.shown(f"mmse.{name}")))
    for name in ("expiry", "delivery_time"):
        relative = [f"{asked[name]}.000000000"] if isinstance(asked[name], int) else []
        absolute = ["%08x" % int(asked[name][1:])] if isinstance(asked[name], str) else []
        rows.append((name, relative, seen.shown(f"mmse.{name}.rel")))
        rows.append((name, absolute, [raw[-8:] for raw in seen.raw(f"mmse.{name}.abs")]))
    # tshark 4.0 shows a text with charset one octet at a time, as rubbish; the octets that it takes for the subject are the right ones:
    # 96, then length, EA (UTF-8) and where it is needed 7F, then the text and 00.
    subject = asked["subject"].encode()
    ascii_word = asked["subject"].isascii() and "=?" not in asked["subject"]
    expected = []
    if subject:
        inner = (b"" if ascii_word else b"\xea") + (b"\x7f" if subject[0] >= 0x7F else b"") + subject + b"\0"
        length = b"" if ascii_word else bytes([len(inner)]) if len(inner) < 31 else b"\x1f" + uintvar(len(inner))
        expected = [(b"\x96" + length + inner).hex()]
        if ascii_word:
            rows.append(("subject as shown", [asked["subject"]], seen.shown("mmse.subject")))
    rows.append(("subject", expected, seen.raw("mmse.subject")))
    smil, *others = [part(field) for field in seen.parts]
    rows.append(("presentation", "application/smil", smil[0]))
    wanted = messages.parts(asked)
    rows.append(("parts", [w[0].lower() for w in wanted], [o[0].lower() for o in others]))
    for (kind, name, octets), (_, seen_name, content_id, location, data) in zip(wanted, others):
        rows.append((f"octets of {name or kind}", octets, data))
        rows.append((f"name and location of {name or kind}", seen_name, location))
        if name:
            rows.append((f"name of {name}", name.encode(), seen_name))
        shown = kind in ("text/plain", "image/gif", "audio/amr", "video/3gpp")
        rows.append((f"presentation shows {location}", shown, b'src="' + location + b'"' in smil[4]))
        rows.append((f"id of {name or kind}", True, bool(re.fullmatch(r"<[^<>]+>", content_id))))
    return len(rows), [row for row in rows if row[1] != row[2]]


def uintvar(value):
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, 0x80 | value & 0x7F)
    return bytes(out)


def main():
    arguments = sys.argv[1:]
    keep = arguments.pop(arguments.index("--keep") + 1) if "--keep" in arguments else None
    mmscope = str(pathlib.Path(arguments[0]).resolve())
    count = int(arguments[1]) if len(arguments) > 1 and arguments[1].isdigit() else 48
    tshark = shutil.which("tshark") or sys.exit("FAILED: tshark is not installed (Debian: apt-get install tshark)")
    with tempfile.TemporaryDirectory() as folder:
        pcap, all_asked = capture.Capture(), []
        for number, asked, pdu in messages.generate(mmscope, folder, count):
            conf = b"\x8c\x81\x98" + asked["transaction_id"].encode() + b"\0\x8d\x92\x92\x80\x8bm@mmsc\0"
            pcap.post(40000 + number, pdu, conf)
            all_asked.append(asked)
        file = pathlib.Path(keep or folder, *([] if keep else ["sent.pcap"]))
        file.write_bytes(pcap.octets)
        read = [tshark, "-r", str(file), "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
        run = lambda *more: subprocess.run([*read, *more], check=True, capture_output=True).stdout
        broken = run("-Y", "_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || mmse.oversized_uintvar")
        if broken:
            sys.exit("FAILED: tshark marks packets as broken:\n" + broken.decode())
        ends = run("-Y", "tcp.completeness == 31", "-T", "fields", "-e", "tcp.stream").split()
        if len(set(ends)) != count:
            sys.exit(f"FAILED: {len(set(ends))} of {count} conversations are whole")
        confs = run("-Y", "mmse.response_status == 0x80").decode().splitlines()
        if len(confs) != count:
            sys.exit(f"FAILED: tshark sees {len(confs)} answers of {count}")
        packets = Tree.fromstring(run("-Y", "mmse.message_type == 0x80", "-T", "pdml")).findall("packet")
        seen = [Message(packet.find("proto[@name='mmse']")) for packet in packets]
    if len(seen) != count:
        sys.exit(f"FAILED: tshark sees {len(seen)} messages of {count}")
    compared, failed = 0, 0
    for asked, message in zip(all_asked, seen):
        rows, wrong = differences(asked, message)
        compared += rows
        for field, wanted, found in wrong:
            failed += 1
            print(f"{asked['transaction_id']} {field}: asked {wanted!r}, tshark sees {found!r}")
    if failed:
        sys.exit(f"FAILED: {failed} of {compared} fields differ")
    print(f"tshark agrees on {count} messages, {compared} fields")


main()
