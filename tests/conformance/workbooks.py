"""Writes workbooks from their tables in Markdown, and what pyxform makes of each workbook.

    workbooks.py OUT FILE…     a FILE is a .md, an .xlsx or an .xls

For each: OUT/<name>.xlsx (of a .md), and OUT/<name>.xml or OUT/<name>.refused with pyxform's words.
"""

import sys
from pathlib import Path

import openpyxl
from pyxform.xls2xform import convert


def tables(text):
    """The sheets of a Markdown file: `| name |` begins one, `| | cell | … |` is a row."""
    sheets = {}
    rows = None
    for line in text.splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.strip().replace("\\n", "\n").replace("\\p", "|") for cell in line.strip().strip("|").split("|")]
        if cells[0]:
            rows = sheets.setdefault(cells[0], [])
        elif rows is not None:
            rows.append(cells[1:])
    return sheets


def workbook(text, path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables(text).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
    book.save(path)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for source in map(Path, sys.argv[2:]):
        path = source
        if source.suffix == ".md":
            path = out / f"{source.stem}.xlsx"
            workbook(source.read_text(encoding="utf-8"), path)
        try:
            form = convert(str(path), validate=False).xform
            (out / f"{source.stem}.xml").write_text(form, encoding="utf-8")
        except Exception as error:  # whatever it does not take, it says so by raising
            (out / f"{source.stem}.refused").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")


main()
