"""Reference files for the tests of safetensors, written by Python's own package.

    python safetensors_reference.py produce      prints, in base64, the files that the tests read
    python safetensors_reference.py consume F    checks the file F that the tests wrote

Needs numpy and safetensors; the printed files were written with safetensors 0.8.0 and numpy 2.4.6.
"""

import base64
import json
import struct
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save

METADATA = {"epoch": "3", "note": "naïve “quotes” \" \\ \n 𝄞"}


def arrays():
    return {
        "flags": np.array([True, False, True]),
        "u8": np.array([0, 1, 255], np.uint8),
        "i8": np.array([-128, 0, 127], np.int8),
        "u16": np.array([1, 65535], np.uint16),
        "i16": np.array([-32768, 32767], np.int16),
        "half": np.array([0.5, -2.0, 65504.0], np.float16),
        "u32": np.array([1, 4294967295], np.uint32),
        "i32": np.array([-2147483648, 2147483647], np.int32),
        "weight": np.array([[1.5, -2.25, 3.0], [0.1, np.inf, -0.0]], np.float32),
        "u64": np.array([1, 18446744073709551615], np.uint64),
        "i64": np.array([-9223372036854775808, 9223372036854775807], np.int64),
        "double": np.array([[0.1], [1e-300]], np.float64),
        "scalar": np.array(2.5, np.float64),
        "empty": np.zeros((0, 4), np.float32),
        "größe \"1\"\n": np.array([7.0], np.float32),
    }


def reordered(data):
    """The same file with the names in the header, and the fields of each, in reverse order."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header = {
        name: dict(reversed(list(value.items()))) if name != "__metadata__" else value
        for name, value in reversed(list(header.items()))
    }
    text = json.dumps(header, indent=1).encode()  # The text is ASCII: all other characters are escaped.
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def produce():
    full = save(arrays(), metadata=METADATA)
    for name, data in [("full", full), ("reordered", reordered(full)), ("empty", save({}))]:
        print(name, base64.b64encode(data).decode())


def consume(path):
    expected = arrays()
    found = load_file(path)
    assert set(found) == set(expected), sorted(found)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype, (name, found[name].dtype)
        assert found[name].shape == array.shape, (name, found[name].shape)
        assert found[name].tobytes() == array.tobytes(), (name, found[name])
    with safe_open(path, "numpy") as file:
        assert file.metadata() == METADATA, file.metadata()
    print("agrees:", len(found), "arrays")


if __name__ == "__main__":
    if sys.argv[1:] == ["produce"]:
        produce()
    elif sys.argv[1:2] == ["consume"] and len(sys.argv) == 3:
        consume(sys.argv[2])
    else:
        sys.exit(__doc__)
