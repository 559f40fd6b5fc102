"""Reads a TensorBoard event file with nothing but the standard library, as a check that shares no code with the writer.

Usage: python3 tools/read-events.py FILE. Prints one JSON object a record; fails on a wrong checksum or a cut record.
"""
import json
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17 & 0xFFFFFFFF)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    offset = 0
    while offset < len(data):
        head = data[offset : offset + 8]
        (length,) = struct.unpack('<Q', head)
        assert struct.unpack_from('<I', data, offset + 8)[0] == masked(head), 'checksum of a length'
        body = data[offset + 12 : offset + 12 + length]
        assert struct.unpack_from('<I', data, offset + 12 + length)[0] == masked(body), 'checksum of a record'
        yield body
        offset += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = data[at : at + 8], at + 8
        elif kind == 5:
            value, at = data[at : at + 4], at + 4
        else:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        yield key >> 3, value


def value_of(message):
    found = dict(fields(message))
    result = {'tag': found[1].decode()}
    if 2 in found:
        result['simple_value'] = struct.unpack('<f', found[2])[0]
    if 4 in found:
        image = dict(fields(found[4]))
        result['image'] = {'height': image[1], 'width': image[2], 'colorspace': image[3], 'encoded': image[4].hex()}
    return result


for record in records(open(sys.argv[1], 'rb').read()):
    event = {}
    for number, value in fields(record):
        if number == 1:
            event['wall_time'] = struct.unpack('<d', value)[0]
        elif number == 2:
            event['step'] = value
        elif number == 3:
            event['file_version'] = value.decode()
        elif number == 5:
            event['summary'] = [value_of(each) for field, each in fields(value) if field == 1]
        elif number == 7:
            event['session_log'] = dict(fields(value))
    print(json.dumps(event))
