"""The packed file: a header, a table of named sections, the sections. The package comment of ../doc.go describes every byte."""
import struct

MAGIC = b"EARSHOTM"
VERSION = 1
ALIGN = 64

_POLYNOMIAL = 0x82F63B78


def _crc_tables():
    """Eight tables of CRC-32C, to take eight bytes a step."""
    first = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
        first.append(byte)
    tables = [first]
    for _ in range(7):
        tables.append([first[c & 255] ^ c >> 8 for c in tables[-1]])
    return tables


_TABLES = _crc_tables()


def crc32c(data):
    """CRC-32C (Castagnoli), reflected, as Go's hash/crc32."""
    t0, t1, t2, t3, t4, t5, t6, t7 = _TABLES
    crc = 0xFFFFFFFF
    whole = len(data) // 8 * 8
    for low, high in struct.iter_unpack("<II", data[:whole]):
        crc ^= low
        crc = (t7[crc & 255] ^ t6[crc >> 8 & 255] ^ t5[crc >> 16 & 255] ^ t4[crc >> 24]
               ^ t3[high & 255] ^ t2[high >> 8 & 255] ^ t1[high >> 16 & 255] ^ t0[high >> 24])
    for byte in data[whole:]:
        crc = t0[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def write(path, sections):
    """Writes {name: bytes} and returns the size in bytes."""
    offset = _aligned(16 + 40 * len(sections) + 4)
    head = [MAGIC, struct.pack("<II", VERSION, len(sections))]
    for name, data in sections.items():
        head.append(struct.pack("<16sQQII", name.encode(), offset, len(data), crc32c(data), 0))
        offset = _aligned(offset + len(data))
    head = b"".join(head)
    with open(path, "wb") as out:
        out.write(head + struct.pack("<I", crc32c(head)))
        for data in sections.values():
            out.write(bytes(_aligned(out.tell()) - out.tell()))
            out.write(data)
        return out.tell()


def _aligned(n):
    return -(-n // ALIGN) * ALIGN
