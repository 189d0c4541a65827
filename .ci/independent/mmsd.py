#!/usr/bin/env python3
"""mmsd-tng, the MMS program of Linux phones, sends to `mmscope mmsc`, is answered Ok, and what it sent reads as it was composed.

usage: mmsd.py MMSCOPE      (Debian: apt-get install mmsd-tng dbus python3-dbus python3-gi)

mmsd-tng takes its modem from ModemManager over D-Bus and knows no other way. Here a stand-in of a few objects (manager, modem, SIM, one connected
bearer on the loopback interface) plays ModemManager on a private bus that serves as the system's bus too; nothing of it touches the machine's own.
Fails when mmsd-tng or the D-Bus modules are missing. Loopback only.
"""
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

try:
    import dbus
    import dbus.mainloop.glib
    import dbus.service
    from gi.repository import GLib
except ImportError as missing:
    sys.exit(f"FAILED: {missing} (Debian: apt-get install python3-dbus python3-gi)")

import messages

MM = "org.freedesktop.ModemManager1"
ROOT = "/org/freedesktop/ModemManager1"
MODEM, SIM, BEARER = f"{ROOT}/Modem/0", f"{ROOT}/SIM/0", f"{ROOT}/Bearer/0"
APN, OWN = "Wholesale", "+12025550100"
ANSWER_S = 20

# What mmsd-tng reads of ModemManager: the API of ModemManager 1.20, as `mmcli` and the introspection of a real one show it.
OBJECTS = {
    ROOT: {MM: {"Version": "1.20.4"}},
    MODEM: {
        f"{MM}.Modem": {
            "State": dbus.Int32(11),  # MM_MODEM_STATE_CONNECTED
            "Sim": dbus.ObjectPath(SIM),
            "Bearers": dbus.Array([dbus.ObjectPath(BEARER)], signature="o"),
            "MaxActiveBearers": dbus.UInt32(1),
            "MaxBearers": dbus.UInt32(1),
            "OwnNumbers": dbus.Array([OWN], signature="s"),
            "Manufacturer": "SIMCOM INCORPORATED",
            "Model": "SIM7600G-H",
            "EquipmentIdentifier": "490154203237518",
            "PowerState": dbus.UInt32(3),
        },
        f"{MM}.Modem.Messaging": {
            "Messages": dbus.Array([], signature="o"),
            "SupportedStorages": dbus.Array([dbus.UInt32(1)], signature="u"),
            "DefaultStorage": dbus.UInt32(1),
        },
        f"{MM}.Modem.Modem3gpp": {"OperatorCode": "310260", "OperatorName": "T-Mobile", "RegistrationState": dbus.UInt32(1)},
    },
    SIM: {f"{MM}.Sim": {"OperatorIdentifier": "310240", "OperatorName": "Mint", "Imsi": "310240000000123", "SimIdentifier": "8901240000000000123"}},
    BEARER: {
        f"{MM}.Bearer": {
            "Connected": True,
            "Interface": "lo",
            "Suspended": False,
            "Ip4Config": dbus.Dictionary({"method": dbus.UInt32(2), "address": "127.0.0.1", "prefix": dbus.UInt32(8), "gateway": "127.0.0.1", "dns1": "127.0.0.1"}, signature="sv"),
            "Ip6Config": dbus.Dictionary({"method": dbus.UInt32(0)}, signature="sv"),
            "Properties": dbus.Dictionary({"apn": APN}, signature="sv"),
        }
    },
}


class Stand(dbus.service.Object):
    """One object of the stand-in: its properties, and the few methods that mmsd-tng calls."""

    def __init__(self, bus, path):
        super().__init__(bus, path)
        self.path = path

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return OBJECTS[self.path][interface][name]

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return dbus.Dictionary(OBJECTS[self.path].get(interface, {}), signature="sv")

    @dbus.service.method("org.freedesktop.DBus.ObjectManager", in_signature="", out_signature="a{oa{sa{sv}}}")
    def GetManagedObjects(self):
        kept = {k: dbus.Dictionary({i: dbus.Dictionary(p, signature="sv") for i, p in v.items()}, signature="sa{sv}") for k, v in OBJECTS.items() if k == MODEM}
        return dbus.Dictionary({dbus.ObjectPath(k): v for k, v in kept.items()}, signature="oa{sa{sv}}")

    @dbus.service.method(f"{MM}.Modem", in_signature="", out_signature="ao")
    def ListBearers(self):
        return dbus.Array([dbus.ObjectPath(BEARER)], signature="o")

    @dbus.service.method(f"{MM}.Modem.Messaging", in_signature="", out_signature="ao")
    def List(self):
        return dbus.Array([], signature="o")


class Case:
    """A message as a person would give it to mmsd-tng."""

    def __init__(self, to, subject, files):
        self.to, self.subject, self.files = to, subject, files


def cases():
    numbers = messages.NUMBERS
    text = ("note.txt", "text/plain", "A long text that should be one bubble. ".encode() * 21)
    files = {name: (name, *content) for name, content in messages.FILES.items() if name.isascii()}
    first, *others = list(files.values())
    return [
        Case([numbers[0]], "", [text]),
        Case([numbers[0], numbers[1]], "Two phones", [text, first]),
        Case([numbers[2]], "many parts", [text, first, *others[:3]]),
        Case([numbers[1]], "", [("note.txt", "text/plain", "Grüße, naïve ünder 🙂".encode())]),
        *(Case([numbers[number % len(numbers)]], f"file {number}", [file]) for number, file in enumerate(files.values())),
    ]


def stand_in():
    """The process that plays ModemManager: one of its own, since mmsd-tng waits for its answers while we wait for mmsd-tng."""
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    kept = [Stand(bus, path) for path in OBJECTS]
    name = dbus.service.BusName(MM, bus)
    GLib.MainLoop().run()
    del kept, name


def until(what, ready, seconds=ANSWER_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ready()
        if found:
            return found
        time.sleep(0.02)
    raise SystemExit(f"FAILED: {what}: nothing within {seconds} s")


def send(bus, service, case, folder):
    attachments = []
    for number, (name, kind, octets) in enumerate(case.files):
        path = folder / f"{number}-{name}"
        path.write_bytes(octets)
        attachments.append((name, kind, str(path)))
    options = dbus.Dictionary({"DeliveryReport": True}, signature="sv")
    if case.subject:
        options["Subject"] = case.subject
    path = service.SendMessage(
        dbus.Array(case.to, signature="s"), options, dbus.Array(attachments, signature="(sss)"), dbus_interface="org.ofono.mms.Service", timeout=ANSWER_S
    )
    return str(path)


def judge(mmscope, case, octets):
    """What of the message reads otherwise than it was composed: a list of sentences, empty where all agrees."""
    shown = subprocess.run([mmscope, "pdu", "decode", str(octets), "--json"], capture_output=True, check=True)
    pdu = json.loads(shown.stdout)
    headers, wrong = pdu["headers"], []
    rows = [
        ("message type", "m-send-req", headers["message_type"]),
        ("To", [f"{n}/TYPE=PLMN" for n in case.to], headers["to"]),
        ("Subject", case.subject, headers.get("subject", "")),
        ("Delivery-Report", True, headers.get("delivery_report")),
        ("parts", sorted(hashlib.sha256(o).hexdigest() for _, _, o in case.files), sorted(p["sha256"] for p in pdu["parts"] if "smil" not in p["content_type"])),
        ("part types", sorted(k.split(";")[0] for _, k, _ in case.files), sorted(p["content_type"].split(";")[0] for p in pdu["parts"] if "smil" not in p["content_type"])),
    ]
    for what, wanted, found in rows:
        if wanted != found:
            wrong.append(f"{what}: composed {wanted!r}, read {found!r}")
    return len(rows), wrong


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def inside(mmscope):
    """Everything on the private bus: the stand-in, the MMSC, mmsd-tng, and the messages."""
    bus = dbus.SessionBus()
    work = pathlib.Path(os.environ["HOME"])
    spool, settings, log = work / "spool", work / ".mms" / "modemmanager", work / "mmsd.log"
    spool.mkdir()
    settings.mkdir(parents=True)
    listen = f"127.0.0.1:{free_port()}"
    # AutoCreateSMIL: without it mmsd-tng wants a presentation from the caller.
    (settings / "mms").write_text(
        f"[Modem Manager]\nCarrierMMSC=http://{listen}/mms/wapenc\nMMS_APN={APN}\nAutoProcessOnConnection=true\nAutoProcessSMSWAP=false\n\n[Settings]\nAutoCreateSMIL=true\n"
    )
    started = [
        subprocess.Popen([sys.executable, __file__, "--stand-in"]),
        subprocess.Popen([mmscope, "mmsc", "--listen", listen, "--spool", str(spool)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
    ]
    compared, wrong = 0, []
    try:
        until("the stand-in on the bus", lambda: bus.name_has_owner(MM))
        with log.open("w") as out:
            started.append(subprocess.Popen(["mmsdtng", "-d"], stdout=out, stderr=subprocess.STDOUT))
        until("mmsd-tng on the bus", lambda: bus.name_has_owner("org.ofono.mms"))
        manager = bus.get_object("org.ofono.mms", "/org/ofono/mms")
        services = until("a service of mmsd-tng", lambda: manager.GetServices(dbus_interface="org.ofono.mms.Manager"))
        service = bus.get_object("org.ofono.mms", services[0][0])

        def status(path):
            return {str(p): str(a["Status"]) for p, a in service.GetMessages(dbus_interface="org.ofono.mms.Service")}.get(path)

        for number, case in enumerate(cases()):
            before = set(spool.glob("*.mms"))
            path = send(bus, service, case, work)
            # mmsd-tng calls a message sent once it has read an M-Send.conf whose X-Mms-Response-Status is Ok.
            until(f"message {number}: sent, for mmsd-tng", lambda: status(path) == "sent")
            came = set(spool.glob("*.mms")) - before
            count, faults = judge(mmscope, case, came.pop()) if len(came) == 1 else (1, [f"{len(came)} messages in the spool instead of 1"])
            compared += count + 1
            wrong += [f"message {number}, {fault}" for fault in faults]
    except BaseException:
        print(log.read_text()[-4000:] if log.exists() else "mmsd-tng did not start", file=sys.stderr)
        raise
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()
    for fault in wrong:
        print(fault)
    if wrong:
        sys.exit(f"FAILED: {len(wrong)} of {compared} differ")
    print(f"mmsd-tng: {len(cases())} messages sent to our MMSC and answered Ok, {compared} fields compared, all as composed")


def main():
    mmscope = str(pathlib.Path(sys.argv[1]).resolve())
    for program in ("mmsdtng", "dbus-run-session"):
        shutil.which(program) or sys.exit(f"FAILED: {program} is not installed (Debian: apt-get install mmsd-tng dbus)")
    with tempfile.TemporaryDirectory() as home:
        inner = 'DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS exec "$0" "$@"'
        words = ["dbus-run-session", "--", "sh", "-c", inner, sys.executable, str(pathlib.Path(__file__).resolve()), "--inside", mmscope]
        sys.exit(subprocess.run(words, env={**os.environ, "HOME": home}, timeout=180).returncode)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--stand-in"]:
            stand_in()
        case ["--inside", program]:
            inside(program)
        case [_]:
            main()
        case _:
            sys.exit(__doc__)
