"""Tables as text, torn, lying or hostile."""

HEAD = "Item;Qty;Unit;Date\n"
QUANTITIES = (
    *("-1", "NaN", "inf", "1e308", "9" * 400, "1,2,3.4", "1.000", "½", "IV", "١٢", "1 2 3"),
    *("=1+1", "0", "1/2", "0,00000001", "5 parsec", "−7", "'5", "5-7", "ca. 5"),
)
DATES = ("0000-00-00", "9999-99-99", "31.02.2026", "1/2/2026", "00.00.0000", "45000", "morgen")
CELLS = {
    "a link": '=HYPERLINK("http://127.0.0.1:9/","x")',
    "a command": "=cmd|' /C calc'!A0",
    "a plus": "+1+1",
    "an at": "@SUM(A1:A9)",
    "a tab": "\t=1+1",
    "a script": "<script>alert(1)</script>",
    "a template": "${object} {{7*7}} %(name)s %s {0}",
    "right to left": "\u202egpj.exe",
    "four bytes": "\U0001f4a3",
}


def csv_files(chance):
    """Triples of what is wrong, the file's name and its bytes."""
    for group in (_values, _tables, _encodings):
        for name, content in group(chance):
            content = content.encode() if isinstance(content, str) else content
            yield name, "list.csv", content


def _values(_chance):
    for quantity in QUANTITIES:
        yield f"the quantity “{quantity[:10]}”", f"{HEAD}Bolt;{quantity};pcs;\n"
    for day in DATES:
        yield f"the day “{day}”", f"{HEAD}Bolt;1;pcs;{day}\n"
    for name, cell in CELLS.items():
        yield f"a cell with {name}", f"{HEAD}{cell};{cell};{cell};{cell}\n"


def _tables(_chance):
    yield "headings only", HEAD
    yield "empty rows only", ";;;\n" * 50
    yield "line ends only", "\r\n" * 50
    yield "no separator", "Item\nBolt\nNut\n"
    yield "no headings", "1;2\n3;4\n"
    yield "all line ends", "Item;Qty\rBolt;1\r\nNut;2\nRod;3\n\rPin;4"
    yield "a field of a megabyte", f"{HEAD}{'x' * 1_000_000};1;pcs;\n"
    yield "a heading of a megabyte", f"Item{'x' * 1_000_000};Qty\nBolt;1\n"
    yield "10,000 columns", ";".join(["Item", "Qty", *["x"] * 10_000]) + "\nBolt;1\n"
    yield "10,000 separators", f"{HEAD}Bolt{';' * 10_000}\n"
    yield "a quote that never closes", f'{HEAD}"Bolt;1;pcs;\nNut;2;pcs;\n'
    yield "quotes and nothing else", '"' * 9_999
    yield "quotes in the middle", f'{HEAD}Pipe 1/2";2;"p"c"s;\n'
    rows = "long\n" * 2_000
    yield "rows in a cell", f'{HEAD}"Bolt\n{rows}";1;pcs;\n'
    yield "another separator each row", "Item;Qty\nBolt,1\nNut\t2\nRod|3\n"
    yield "a separator that is declared and not used", "sep=|\nItem;Qty\nBolt;1\n"
    yield "a separator of several signs", "sep=;;\nItem;Qty\nBolt;1\n"
    yield "the same heading twice", "Item;Item;Qty;Qty\nBolt;Nut;1;2\n"
    yield "more cells than headings", "Item;Qty\nBolt;1;2;3;4\n"
    yield "a letter", "Dear Sirs,\nplease quote ten bolts; thank you.\n"
    yield "100,000 empty rows", "Item;Qty\nBolt;1\n" + "\n" * 100_000 + "Nut;2\n"


def _encodings(chance):
    text = "Наименование;Количество\nБолт;5\n"
    yield "zeros in it", text.encode().replace(b";", b";\x00")
    yield "zeros only", bytes(5_000)
    yield "control signs", "Item;Qty\nBo\x01\x02lt\x1b[31m;1\n"
    yield "half a sign of UTF-16", text.encode("utf-16")[:-1]
    yield "UTF-16 without its mark", text.encode("utf-16-be")
    yield "the mark of UTF-16 before UTF-8", b"\xff\xfe" + text.encode()
    yield "UTF-32", text.encode("utf-32")
    yield "UTF-7", text.encode("utf-7")
    yield "EBCDIC", "Item;Qty\nBolt;5\n".encode("cp500")
    yield "two encodings", text.encode() + "Гайка;6\n".encode("windows-1251")
    yield "windows-1251", text.encode("windows-1251")
    yield "KOI8-R", text.encode("koi8-r")
    yield "the code page of DOS", text.encode("cp866")
    yield "two marks", b"\xef\xbb\xbf" * 2 + text.encode()
    yield "a mark only", b"\xef\xbb\xbf"
    yield "half of a pair", b"Item;Qty\nBolt" + b"\xed\xa0\x80;1\n"
    yield "noise", chance.randbytes(5_000)
