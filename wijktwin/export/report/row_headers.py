"""Headings of rows in a tagged PDF: the first cell of a row of a table becomes one, and the other cells of the row point to it.

The typesetter marks headings of columns and groups as such (TH) and writes for each cell by which of them it is read. Of rows it does the
same with `pdf.header-cell`, which its Python package cannot switch on. What it writes is plain: every element of the tree of tags is an
object of its own, as text, and a table at the end says where each object begins. So elements are replaced in it and that table is made
anew; pages, fonts and pictures stay the bytes that they are.

Names as in ISO 32000-1: structure elements 14.7.2, identifiers 14.7.2 (``IDTree``), attributes of tables 14.8.5.7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
SECTION: Final = re.compile(rb"xref\s+0 (\d+)\s+")
ENTRY: Final = 20
"""Bytes of a line of the table of objects."""
ROW: Final = re.compile(rb"<</Type/StructElem/S/TR/P \d+ 0 R/K\[([0-9 R]+)\]")
KID: Final = re.compile(rb"(\d+) 0 R")
CELL: Final = re.compile(rb"<</Type/StructElem/S/TD(/P \d+ 0 R)")
TREE_OF_NAMES: Final = re.compile(rb"/IDTree<</Names\[((?:\([^()\\]*\)\d+ 0 R)*)\]>>")
NAMED: Final = re.compile(rb"\(([^()\\]*)\)(\d+ 0 R)")
OWN_NAME: Final = b"row%d"


def with_row_headers(made: bytes) -> bytes:
    """The same PDF with the first cell of each row tagged as its heading; unchanged where it is not written as the typesetter does.

    Parameters
    ----------
    made
        A tagged PDF, with one plain table of objects.
    """
    opened = _objects(made)
    if opened is None:
        return made
    objects, first, trailer = opened
    changed = _changed(objects)
    if not changed:
        return made
    return _written(made[:first], {**objects, **changed}, trailer)


def _objects(made: bytes) -> tuple[Mapping[int, bytes], int, bytes] | None:
    """Objects by number in the order of the file, where the first of them begins, and what follows their table; None for another form."""
    start = START.search(made)
    section = None if start is None else SECTION.match(made, int(start[1]))
    if start is None or section is None:
        return None
    count, table = int(section[1]), int(start[1])
    lines = [made[section.end() + ENTRY * n : section.end() + ENTRY * (n + 1)] for n in range(count)]
    places = sorted((int(line[:10]), number) for number, line in enumerate(lines) if line[17:18] == b"n")
    if len(places) != count - 1 or not places:
        return None
    ends = [place for place, _ in places[1:]] + [table]
    objects = {number: made[place:end] for (place, number), end in zip(places, ends, strict=True)}
    if not all(body.startswith(b"%d 0 obj" % number) for number, body in objects.items()):
        return None
    trailer = made[section.end() + ENTRY * count : start.start()]
    return objects, places[0][0], trailer


def _changed(objects: Mapping[int, bytes]) -> dict[int, bytes]:
    """The elements that become other ones: first cells, those beside them, and the list of names of elements."""
    found: dict[int, bytes] = {}
    names: dict[bytes, bytes] = {}
    for body in objects.values():
        row = ROW.search(body)
        kids = [] if row is None else [int(number) for number in KID.findall(row[1])]
        if not kids or CELL.search(objects[kids[0]]) is None:
            continue
        head, *others = kids
        name = OWN_NAME % head
        names[name] = b"%d 0 R" % head
        found[head] = _heading(objects[head], name)
        found |= {other: _beside(objects[other], name) for other in others if CELL.search(objects[other]) is not None}
    root = next((number for number, body in objects.items() if TREE_OF_NAMES.search(body) is not None), None)
    if not names or root is None:
        return {}
    return found | {root: _named(objects[root], names)}


def _heading(cell: bytes, name: bytes) -> bytes:
    """A cell as the heading of its row."""
    called = CELL.sub(rb"<</Type/StructElem/S/TH\g<1>/ID(" + name + rb")", cell, count=1)
    return _with_attribute(called, b"/Scope/Row")


def _beside(cell: bytes, name: bytes) -> bytes:
    """A cell that is read with the heading of its row, and with those of its column as before."""
    if b"/Headers[" in cell:
        return cell.replace(b"/Headers[", b"/Headers[(" + name + b")", 1)
    return _with_attribute(cell, b"/Headers[(" + name + b")]")


def _with_attribute(cell: bytes, attribute: bytes) -> bytes:
    """A cell with one more attribute of tables."""
    if b"/O/Table" in cell:
        return cell.replace(b"/O/Table", b"/O/Table" + attribute, 1)
    if b"/A[" in cell:
        return cell.replace(b"/A[", b"/A[<</O/Table" + attribute + b">>", 1)
    return cell.replace(b"/K[", b"/A[<</O/Table" + attribute + b">>]/K[", 1)


def _named(root: bytes, names: Mapping[bytes, bytes]) -> bytes:
    """The root of the tags with more names of elements, in the order of their bytes as a tree of names asks."""
    tree = TREE_OF_NAMES.search(root)
    told = {} if tree is None else dict(NAMED.findall(tree[1]))
    listed = b"".join(b"(" + name + b")" + place for name, place in sorted({**told, **names}.items()))
    return TREE_OF_NAMES.sub(lambda _: b"/IDTree<</Names[" + listed + b"]>>", root, count=1)


def _written(head: bytes, objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    """A file with these objects, and the table that says where each begins."""
    parts, place = [head], len(head)
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = place
        parts.append(body)
        place += len(body)
    lines = [b"0000000000 65535 f\r\n", *(b"%010d 00000 n\r\n" % places[number] for number in sorted(places))]
    return b"".join([*parts, b"xref\n0 %d\n" % len(lines), *lines, trailer, b"startxref\n%d\n%%%%EOF" % place])
