"""Gzipped files with blocks and header fields that the gzip program rarely writes.

    python gzip_reference.py      prints the Swift source of Tests/DatasetsTests/Files/GzipReference.swift

The files are written by Python's zlib; versions from 1.2.13 on give the same files.
"""

import base64
import struct
import zlib

CONTENT = bytes((i * i) % 251 for i in range(600)) + b"abcabcabc" * 40


def deflate(data, level, strategy):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return packer.compress(data) + packer.flush()


def member(data, body, flags=0, fields=b""):
    header = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, flags, 1234567, 0, 255)
    return header + fields + body + struct.pack("<II", zlib.crc32(data), len(data))


def files():
    plain = deflate(CONTENT, 6, zlib.Z_DEFAULT_STRATEGY)
    yield "stored", member(CONTENT, deflate(CONTENT, 0, zlib.Z_DEFAULT_STRATEGY))
    yield "fixed", member(CONTENT, deflate(CONTENT, 9, zlib.Z_FIXED))
    yield "literals", member(CONTENT, deflate(CONTENT, 9, zlib.Z_HUFFMAN_ONLY))
    yield "runs", member(CONTENT, deflate(CONTENT, 9, zlib.Z_RLE))
    # The flags announce text, a checksum of the header, an extra field, a name and a comment.
    fields = struct.pack("<H", 5) + b"extra" + b"name\0" + b"comment\0"
    head = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, 0x1F, 1234567, 0, 255) + fields
    fields += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    yield "fields", member(CONTENT, plain, 0x1F, fields)


def wrapped(data):
    text = base64.b64encode(data).decode()
    return "\n".join("      " + text[i : i + 90] for i in range(0, len(text), 90))


print("import Foundation\n")
print("/// Gzipped files from `Tests/References/gzip_reference.py`, with their contents.")
print("enum GzipReference {")
print("  static let all: [(packed: [UInt8], content: [UInt8])] = [")
print("    " + ", ".join(name for name, _ in files()) + ",")
print("  ].map { (bytes($0), content) }\n")
print("  private static let content =")
print("    (0..<600).map { UInt8($0 * $0 % 251) }")
print('    + Array(String(repeating: "abcabcabc", count: 40).utf8)\n')
for name, data in files():
    print(f'  private static let {name} = """')
    print(wrapped(data).replace("      ", "    "))
    print('    """\n')
print("  private static func bytes(_ base64: String) -> [UInt8] {")
print("    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters)!)")
print("  }\n}")
