import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** A cell as a spreadsheet program takes it. */
export type Cell = { text?: string; number?: number; date?: Date; formula?: string };

/** Opens a workbook the way a spreadsheet program does: parts, shared texts, styles; dates are numbers with a date's format. */
export function readWorkbook(file: Buffer): { name: string; rows: Cell[][] }[] {
  const parts = unzip(file);
  const part = (name: string) => parts.get(name)?.toString("utf8") ?? "";
  const texts = elements(part("xl/sharedStrings.xml"), "si").map(({ body }) => elements(body, "t").map((t) => unescape(t.body)).join(""));
  const formats = new Map(elements(part("xl/styles.xml"), "numFmt").map(({ attributes }) => [attributes.numFmtId, attributes.formatCode]));
  const cellStyles = elements(elements(part("xl/styles.xml"), "cellXfs")[0].body, "xf");
  const isDate = (style: string | undefined) => {
    const id = cellStyles[Number(style ?? 0)]?.attributes.numFmtId ?? "0";
    return (Number(id) >= 14 && Number(id) <= 22) || /[dy]/.test(formats.get(id) ?? "");
  };
  return elements(part("xl/workbook.xml"), "sheet").map(({ attributes: { name } }, n) => ({
    name: unescape(name),
    rows: elements(part(`xl/worksheets/sheet${n + 1}.xml`), "row").map(({ body }) => {
      const row: Cell[] = [];
      for (const { attributes, body: inner } of elements(body, "c")) {
        const value = elements(inner, "v")[0]?.body;
        const formula = elements(inner, "f")[0]?.body;
        const cell: Cell = formula === undefined ? {} : { formula };
        if (attributes.t === "s") cell.text = texts[Number(value)];
        else if (attributes.t === "inlineStr") cell.text = unescape(elements(inner, "t")[0].body);
        else if (value !== undefined && isDate(attributes.s)) cell.date = new Date(Math.round((Number(value) - 25_569) * 86_400_000));
        else if (value !== undefined) cell.number = Number(value);
        row[column(attributes.r)] = cell;
      }
      return Array.from(row, (cell) => cell ?? {});
    }),
  }));
}

/** A workbook of one sheet as bytes: texts as they stand, numbers as numbers. */
export function writeWorkbook(rows: (string | number)[][], name = "Danh sách"): Buffer {
  const cells = (row: (string | number)[], line: number) =>
    row.map((cell, at) => {
      const place = `${String.fromCharCode(65 + at)}${line + 1}`;
      return typeof cell === "number"
        ? `<c r="${place}"><v>${cell}</v></c>`
        : `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escape(cell)}</t></is></c>`;
    });
  const sheet = rows.map((row, line) => `<row r="${line + 1}">${cells(row, line).join("")}</row>`).join("");
  return zip(workbookParts(name, sheet));
}

/** The parts of a workbook of one sheet, given its rows in XML. */
export function workbookParts(name: string, sheetData: string): [string, Buffer][] {
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const relations = "http://schemas.openxmlformats.org/package/2006/relationships";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const xml = (path: string, body: string): [string, Buffer] => [path, Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${body}`)];
  return [
    xml(
      "[Content_Types].xml",
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
    ),
    xml("_rels/.rels", `<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`),
    xml("xl/workbook.xml", `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${escape(name)}" sheetId="1" r:id="r1"/></sheets></workbook>`),
    xml(
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    xml("xl/worksheets/sheet1.xml", `<worksheet xmlns="${main}"><sheetData>${sheetData}</sheetData></worksheet>`),
  ];
}

/** Packs parts into a zip (PKWARE's APPNOTE, as much as every program reads). */
export function zip(parts: [string, Buffer][]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [path, body] of parts) {
    const [name, packed] = [Buffer.from(path), deflateRawSync(body, { level: 9 })];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(body), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(body.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    const entry = [Buffer.from("PK\x03\x04"), common, name, packed];
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, rest, name);
    local.push(...entry);
    at += entry.reduce((sum, bytes) => sum + bytes.length, 0);
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...local, directory, Buffer.from("PK\x05\x06"), end]);
}

/** The parts of a zip, by the directory at its end. */
export function unzip(file: Buffer): Map<string, Buffer> {
  const parts = new Map<string, Buffer>();
  const end = file.lastIndexOf("PK\x05\x06", undefined, "latin1");
  let at = file.readUInt32LE(end + 16);
  for (let n = file.readUInt16LE(end + 10); n > 0; n -= 1) {
    const [method, packed] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)];
    const [name, extra, comment] = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)];
    const local = file.readUInt32LE(at + 42);
    const body = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const bytes = file.subarray(body, body + packed);
    parts.set(file.toString("utf8", at + 46, at + 46 + name), method === 8 ? inflateRawSync(bytes) : bytes);
    at += 46 + name + extra + comment;
  }
  return parts;
}

/** Cells of text in columns, as RFC 4180 has them, with another separator. */
export function readCsv(text: string, separator: string): string[][] {
  const rows: string[][] = [[]];
  let [cell, quoted] = ["", false];
  const next = () => {
    rows[rows.length - 1].push(cell);
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (quoted && text.startsWith('""', at)) {
      cell += '"';
      at += 1;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (!quoted && c === separator) {
      next();
    } else if (!quoted && text.startsWith("\r\n", at)) {
      next();
      rows.push([]);
      at += 1;
    } else {
      cell += c;
    }
  }
  if (cell || rows[rows.length - 1].length > 0) next();
  return rows.filter((row) => row.length > 0);
}

type Element = { attributes: { [name: string]: string }; body: string };

function elements(xml: string, name: string): Element[] {
  return [...xml.matchAll(new RegExp(`<${name}((?:\\s[^>]*?)?)(?:/>|>([\\s\\S]*?)</${name}>)`, "g"))].map(([, attributes, body = ""]) => ({
    attributes: Object.fromEntries([...attributes.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
    body,
  }));
}

function column(place: string): number {
  return [...place.replace(/\d+/, "")].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function unescape(text: string): string {
  const named: { [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (_, ten, sixteen, name) =>
    ten ? String.fromCodePoint(Number(ten)) : sixteen ? String.fromCodePoint(parseInt(sixteen, 16)) : named[name],
  );
}
