"""A pcap file with TCP conversations in it: handshake, segments, acknowledgements, end; checksums right, so that nothing is marked as broken."""
import struct

CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 80])
SEGMENT = 1400


def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    def __init__(self):
        # Microseconds, Ethernet.
        self.octets = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        self.time = 1_700_000_000_000_000

    def packet(self, source, target, ports, seq, ack, flags, data=b""):
        tcp = struct.pack(">HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 64000, 0, 0) + data
        pseudo = source + target + struct.pack(">BBH", 0, 6, len(tcp))
        tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0, source, target)
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        frame = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0" + head + tcp
        self.time += 500
        self.octets += struct.pack("<IIII", self.time // 1_000_000, self.time % 1_000_000, len(frame), len(frame)) + frame

    def conversation(self, port, request, answer):
        """One connection: the request in segments, the answer, an orderly end."""
        there, back = (port, 80), (80, port)
        mine, theirs = 1000, 9000
        FIN, SYN, PSH, ACK = 1, 2, 8, 16
        send = lambda flags, data=b"": self.packet(CLIENT, SERVER, there, mine, theirs if flags != SYN else 0, flags, data)
        reply = lambda flags, data=b"": self.packet(SERVER, CLIENT, back, theirs, mine, flags, data)
        send(SYN)
        mine += 1
        reply(SYN | ACK)
        theirs += 1
        send(ACK)
        for at in range(0, len(request), SEGMENT):
            piece = request[at:at + SEGMENT]
            send(PSH | ACK, piece)
            mine += len(piece)
            reply(ACK)
        reply(PSH | ACK, answer)
        theirs += len(answer)
        send(ACK)
        send(FIN | ACK)
        mine += 1
        reply(FIN | ACK)
        theirs += 1
        send(ACK)

    def post(self, port, pdu, answer):
        kind = b"application/vnd.wap.mms-message"
        head = b"POST /mms/wapenc HTTP/1.1\r\nHost: mmsc.example\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(pdu))
        tail = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(answer))
        self.conversation(port, head + pdu, tail + answer)
