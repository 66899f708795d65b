"""Writes tests/tables: files of rows as people have them, and what Python's csv module reads in them.

The encoding and the separator of each file are known here, because the file is written here; the reader
under test must find them. What is no matter of CSV (lines without anything are no rows, two columns of one
name) is said in `read`. Python 3.11 or later.
"""

import csv
import io
import json
import pathlib
import unicodedata

FOLDER = pathlib.Path(__file__).parent.parent / "tests" / "tables"
csv.field_size_limit(1 << 30)
CASES = []


def title(name):
    """The name of a column: without what nobody sees, and without spaces around it."""
    seen = (c for c in name if c in "\t\r\n" or unicodedata.category(c) != "Cc" and c not in "\u200b\u2060\ufeff")
    parts = "".join(seen).replace("\r", "\n").replace("\t", "\n").split("\n")
    return " ".join(part.strip() for part in parts if part.strip())


def read(text, delimiter, line):
    """The header, and each row with its line: its fields by column, or why it has none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header, rows, before = None, [], 0
    for cells in reader:
        first, before = line + before, reader.line_num
        # An empty line is [], and a quoted cell without anything is [""].
        if cells != [""] and not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [title(name) for name in cells]
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            rows.append([first, "the row has more cells than the header"])
            continue
        fields = {}
        for name, cell in zip(header, cells):
            if name and not fields.get(name, "").strip():
                fields[name] = cell
        rows.append([first, fields])
    return header, rows


def case(name, what, text, *, encoding="utf-8", mark=b"", before="", delimiter=",", line=1, key=None, refused=None, data=None):
    """A file: `mark` are bytes before the text, `before` is text that belongs to no row."""
    data = mark + (before + text).encode(encoding) if data is None else data
    (FOLDER / f"{name}.csv").write_bytes(data)
    case = {"file": f"{name}.csv", "what": what}
    if refused:
        case["refused"] = refused
    else:
        header, rows = read(text, delimiter, line)
        case |= {"delimiter": delimiter, "key": key or header[0], "header": header, "rows": rows}
    CASES.append(case)


BOM = b"\xef\xbb\xbf"
people = [("1", "Zoë", "pro"), ("2", "José Ángel", "free"), ("3", "Łukasz", "pro")]
western = [("1", "Zoë", "pro"), ("2", "José Ángel", "free"), ("3", "Jürgen Groß", "pro")]


def table(rows, separator, end, header=("id", "name", "plan"), last=True):
    lines = [separator.join(row) for row in (header, *rows)]
    return end.join(lines) + (end if last else "")


# Encodings.
case("plain", "RFC 4180", table(people, ",", "\r\n"))
case("unix", "LF, as most programs write", table(people, ",", "\n"))
case("excel-utf8", "Excel, CSV UTF-8: a mark, CR LF", table(people, ",", "\r\n"), mark=BOM)
case("excel-german", "Excel in Germany, CSV UTF-8: semicolons, decimal commas", table([("1", "Zoë", "1,5"), ("2", "Jörg", "1.234,56")], ";", "\r\n", ("id", "name", "Betrag, EUR")), mark=BOM, delimiter=";")
case("excel-1252", "Excel in western Europe, CSV: Windows-1252", table([*western, ("4", "O’Neil – “X” €", "pro")], ";", "\r\n"), encoding="cp1252", delimiter=";")
case("latin-1", "a database of 1998: ISO 8859-1", table(western, ",", "\n"), encoding="latin-1")
pasted = "id,name\n1,Zoë\n".encode() + b"2,Jos\xe9\n" + "3,Łukasz\n".encode()
case("mixed-encodings", "UTF-8 with one pasted line of Windows-1252", "id,name\n1,Zoë\n2,José\n3,Łukasz\n", data=pasted)
case("excel-unicode-text", "Excel, Unicode Text: UTF-16 LE with its mark, tabs", table([*people, ("4", "😀 محمد", "free")], "\t", "\r\n"), encoding="utf-16-le", mark=b"\xff\xfe", delimiter="\t")
case("utf16-be", "UTF-16 BE with its mark", table(people, ",", "\n"), encoding="utf-16-be", mark=b"\xfe\xff")
case("utf16-le-unmarked", "bcp of SQL Server: UTF-16 LE without a mark", table(people, "\t", "\r\n"), encoding="utf-16-le", delimiter="\t")
case("utf16-be-unmarked", "Java: UTF-16 BE without a mark", table(people, ";", "\n"), encoding="utf-16-be", delimiter=";")
case("utf16-cyrillic-unmarked", "UTF-16 LE without a mark, in Cyrillic", table([("1", "Иван", "да"), ("2", "Ольга", "нет")], ";", "\r\n", ("номер", "имя", "согласие")), encoding="utf-16-le", delimiter=";")
case("utf16-odd", "UTF-16 LE that is cut in the middle of a character", "id,name\n1,Ann\n2,Ben", data=b"\xff\xfe" + "id,name\n1,Ann\n2,Ben".encode("utf-16-le") + b"\x43")
case("two-marks", "a mark twice: one of the program, one of the library", table(people, ",", "\n"), mark=BOM + BOM)
case("mark-before-quotes", "a mark before a quoted name", '"id","name"\r\n"1","Ann"\r\n', mark=BOM)
case("nul", "zeros in the middle of texts", "id,name\n1,A\0nn\n2,B\0\0en\n")
case("controls", "other controls, and line separators of Unicode, which end no row", "id,name\n1,A\x0bn\x0cn\n2,B\u2028e\u0085n\n3,\x1aC\n")

# Separators.
case("tabs", "tab-separated", table(people, "\t", "\n"), delimiter="\t")
case("pipes", "bars", table(people, "|", "\r\n"), delimiter="|")
case("sap", "SAP: bars also before and after each row", "|id|name|plan|\r\n|1|Ann|pro|\r\n|2|Ben|free|\r\n", delimiter="|", key="id")
case("sep-line", "Excel's first line with the separator", "id;name, first\r\n1;Zoë\r\n", before="sep=;\r\n", delimiter=";", line=2)
case("sep-line-tab", "the same with a tab", "id\tname\n1\tZoë\n", before="sep=\t\n", delimiter="\t", line=2)
case("sep-line-cr", "the same, of an old Mac", "id;name\r1;Zoe\r", before="sep=;\r", delimiter=";", line=2)
case("sep-line-quoted", "the same, after a program that quotes everything", '"id";"name"\n"1";"Zoë"\n', before='"SEP=;"\n', delimiter=";", line=2)
case("sep-line-saved-again", "the same, after LibreOffice has filled the line", "id;name;plan\n1;Zoë;\n", before="sep=;;\n", delimiter=";", line=2)
case("sep-line-utf16", "the same in UTF-16", "id;name\r\n1;Zoë\r\n", before="sep=;\r\n", encoding="utf-16-le", mark=b"\xff\xfe", delimiter=";", line=2)
case("commas-in-header", "semicolons, and a name with more commas than that", "Name, first, last;Id\nAnn, B;1\nCem;2\n", delimiter=";", key="Id")
case("semicolons-in-cells", "commas, and semicolons in cells", "id,name,tags\n1,Ann,a;b;c\n2,Ben,x;y\n")
case("one-column", "one column", "id\nann@acme.example\nben@acme.example\n")
case("one-column-with-commas", "one column, with commas in its cells", "name\nSmith, John\nDoe, Jane\n", delimiter=";")
case("powershell", "PowerShell 5: a line with the type before the header", '"id","name"\r\n"1","Ann"\r\n', before="#TYPE System.Management.Automation.PSCustomObject\r\n", line=2)

# Quotes and line breaks.
case("quoted", "everything quoted", '"id","name","plan"\r\n"1","Ann","pro"\r\n"2","",""\r\n"","",""\r\n')
case("quotes-in-quotes", "two quotes for one", 'id,name\n1,"Dwayne ""The Rock"" Johnson"\n2,""""\n3,""""""\n4,"a"""\n')
case("quotes-in-the-middle", "quotes that begin no cell", 'id,name\n1,Ann "Annie" Lee\n2,5" disk\n3,"Ben" Lee\n4,"a"b"c"\n')
case("breaks-in-cells", "line breaks in quoted cells", 'id,address\r\n1,"Main St 1\r\nSpringfield"\r\n2,"A\n\nB"\r\n3,"C\rD"\r\n4,E\r\n')
case("separators-in-cells", "separators in quoted cells", 'id;name;note\n1;"Lee; Ann";"a,b\tc|d"\n2;Ben;\n', delimiter=";")
case("quoted-header-with-break", "a name of a column on two lines", 'id,"First\r\nName","b,c"\n1,Ann,x\n')
case("quotes-after-spaces", "a quote after a space is a character of the cell", 'id, name\n1, "Ann"\n2, Ben\n')
case("unclosed", "a quote that is never closed", "", data=b'id,name\n1,Ann\n2,"Ben\n3,Cem\n', refused="unclosed-quote")

# Ends of lines.
case("cr", "CR alone, as Excel for Mac once wrote", table(people, ",", "\r"))
case("mixed-ends", "CR LF, LF and CR in one file", "id,name\r\n1,Ann\n2,Ben\r3,Cem\r\n4,Dan\n")
case("no-last-end", "no end of the last line", table(people, ",", "\n", last=False))
case("empty-lines", "empty lines anywhere", "\n\r\nid,name\n\n1,Ann\n\n\n2,Ben\n\n")
case("lines-of-separators", "cells that were emptied in a spreadsheet", ";;;\nid;name;plan;\n1;Ann;pro;\n;;;\n ; ; ;\n2;Ben;;\n;;;\n;;;\n", delimiter=";", key="id")
case("lf-cr", "LF CR, which is an end and an empty line", "id,name\n\r1,Ann\n\r2,Ben\n\r")

# Columns.
case("wide", "300 columns", table([[f"{row}"] + [f"v{row}.{n}" for n in range(1, 300)] for row in range(1, 5)], ",", "\n", ["id"] + [f"Column {n}" for n in range(1, 300)]))
case("double-names", "columns of one name: the first with something in it counts", "id,phone,name,phone,phone\n1,,Ann,123,456\n2,789,Ben,,\n3,,Cem,,\n")
case("empty-names", "columns without a name are left out", "id,,name,,\n1,x,Ann,y,z\n2,,Ben,,\n")
case("trailing-separators", "a separator at the end of each line", "id,name,\n1,Ann,\n2,Ben,\n")
case("short-and-long-rows", "rows that are shorter or longer than the header", "id,name,plan\n1\n2,Ben\n3,Cem,pro,\n4,Dan,pro,,extra\n5,Eve,free\n")
case("spaces", "spaces around names of columns and cells", " id , name ,plan \n 1 , Ann ,pro\n2,  Ben  , free\n")
case("invisible-names", "no-break spaces, zero-width spaces and marks in names of columns", "\u200bid\u200b,\u00a0name\u00a0,pl\ufeffan\n1,Ann,pro\n")
case("header-only", "a header alone", "", data=b"id,name\r\n", refused="no-rows")
case("empty", "nothing", "", data=b"", refused="no-rows")
case("mark-only", "a mark alone", "", data=BOM, refused="no-rows")
case("separators-only", "lines of separators alone", "", data=b";;;\r\n;;;\r\n", refused="no-rows")
case("workbook", "the workbook itself (.xlsx)", "", data=b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xb5U0#\xf4\x00\x00\x00L\x02\x00\x00\x0b\x00", refused="workbook")
case("old-workbook", "the workbook itself (.xls)", "", data=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40, refused="workbook")

# Values.
case("values", "what spreadsheets spoil: leading zeros, long numbers, dates, formulas", 'id,zip,phone,account,date,formula\n1,01067,+49 351 123,12345678901234567890,2027-01-31,=cmd|\' /C calc\'!A0\n2,00000,(030) 1,1.2E+19,31.01.2027,"=HYPERLINK(""https://evil.example"",""x"")"\n3,,-1,@x,1/2/27,-1+1\n')
case("decimal-commas", "numbers of Germany, Switzerland and France", "id;total;rate\n1;1.234,50;0,5\n2;1'234.50;12,5 %\n3;1 234,50;-0,1\n", delimiter=";")
case("scripts", "names of all scripts, in both directions, and emoji", "id,name\n1,محمد\n2,‏שרה‏\n3,ज़ोया\n4,山田 太郎\n5,👩‍👩‍👧‍👦 Nguyễn\n6,Zoe\u0301\n")
case("invisible-values", "no-break spaces and zero-width characters in cells", "id,name\n1,\u00a0Ann\u00a0\n2,Be\u200bn\n3,\ufeffCem\n4,\u00a0\n")
case("long-cell", "a cell of 20,000 characters", "id,name,note\n1,Ann," + "lorem ipsum " * 1_666 + "x\n2,Ben,\n")
case("nulls", "the words of databases for nothing", "id,name\n1,NULL\n2,\\N\n3,#N/A\n4,None\n5,nan\n")

# Exports of known programs.
case("google-sheets", "Google Sheets: CR LF, no end of the last line", 'id,name,note\r\n1,Zoë,"a, b"\r\n2,Ben,"line 1\nline 2"')
case("numbers", "Numbers: empty names of columns, a table wider than its data", "id;name;;\r\n1;Zoë;;\r\n2;Ben;;\r\n;;;\r\n", delimiter=";")
case("libreoffice", "LibreOffice: texts quoted, numbers not", '"id","name","points"\n1,"Zoë",12\n2,"Ben, jr.",7.5\n')
case("mailchimp", "Mailchimp", 'Email Address,First Name,Last Name,Address,Birthday,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS\nann@acme.example,Ann,Lee,"1 Main St  Springfield  IL  62701  US",03/14,4,"2026-01-02 03:04:05",123456789,0a1b2c3d4e,,"""VIP"",""Berlin"""\nben@acme.example,Ben,O\'Neil,,,2,"2026-02-03 04:05:06",123456790,0a1b2c3d4f,"called, twice","""VIP"""\n')
case("hubspot", "HubSpot", '"Record ID","First Name","Last Name","Email","Lifecycle Stage","Create Date","Associated Company"\n"1001","Ann","Lee","ann@acme.example","Lead","2026-01-02 03:04","Acme, Inc."\n"1002","Ben","","ben@acme.example","Customer","2026-02-03 04:05",""\n')
case("klaviyo", "Klaviyo", "Email,Klaviyo ID,First Name,Last Name,Phone Number,Email Marketing Consent,Date Added,Locale\r\nann@acme.example,01HX0000000000000000000001,Ann,Lee,+15550100,SUBSCRIBED,2026-01-02T03:04:05+00:00,en-US\r\nben@acme.example,01HX0000000000000000000002,,,,NEVER_SUBSCRIBED,2026-02-03T04:05:06+00:00,\r\n")
case("salesforce", "Salesforce: everything quoted, CR LF, ISO 8859-1", '"Contact ID","First Name","Last Name","Account Name"\r\n"0035g00000abcde","Zoë","Müller","Acme GmbH & Co. KG"\r\n"0035g00000abcdf","","Lee",""\r\n', encoding="latin-1")
case("outlook", "Outlook: notes of many lines, Windows-1252", '"First Name","Last Name","E-mail Address","Notes"\r\n"Zoë","Lee","zoe@acme.example","Met at\r\n""Café""\r\n\r\nCall back"\r\n"Ben","","",""\r\n', encoding="cp1252", key="E-mail Address")
case("google-contacts", "Google Contacts: several values in a cell", "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value\nAnn,Lee,Friends ::: * myContacts,* Work,ann@acme.example\nBen,,* myContacts,,\n", key="E-mail 1 - Value")
case("shopify", "Shopify: apostrophes before numbers, so that spreadsheets leave them", "Customer ID,First Name,Phone,Total Spent,Tags\n'7001,Ann,'+15550100,12.50,\"vip, berlin\"\n'7002,Ben,,0.00,\n")
case("typeform", "Typeform: a sign as the name of a column", '#,"What\'s your name?","How many, roughly?"\nabc1,Ann,3\nabc2,"Ben ""B""",\n')
case("postgres", "COPY of PostgreSQL: an empty text is quoted, a NULL is nothing", 'id,name,plan\n1,"",pro\n2,,free\n3,t,f\n')

names = {case["file"] for case in CASES} | {"cases.json"}
for path in FOLDER.iterdir():
    if path.name not in names:
        path.unlink()
lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in CASES)
(FOLDER / "cases.json").write_text(f"[\n{lines}\n]\n", newline="\n")
print(f"{len(CASES)} files")
