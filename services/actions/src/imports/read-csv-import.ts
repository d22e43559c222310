import { parse } from "csv-parse/sync";
import type { CandidatesRead, ImportCandidate } from "./import-candidate.ts";

/** Columns of the table, named in its first line; `url` must be there, the order does not matter. */
export const CSV_COLUMNS = ["url", "name", "transport", "visibility", "cadence_s", "tags", "group"] as const;
type Column = (typeof CSV_COLUMNS)[number];

/** Spreadsheets write whichever suits their country. */
const DELIMITERS = [",", ";", "\t"] as const;
const RECORD_CHARS_MAX = 20_000;
const WITHOUT_HEADER = `The first line has to name the columns, of which url is one: ${CSV_COLUMNS.join(",")}.`;

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Reads a table as RFC 4180 has it, with commas, semicolons or tabs. Several tags stand with `|` or a comma between them. */
export function readCsvImport(text: string, rowsMax: number): CandidatesRead {
  let records: CsvRecord[];
  try {
    records = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      max_record_size: RECORD_CHARS_MAX,
      relax_column_count: true,
      skip_empty_lines: true,
      // One more than may be, so that too many are noticed without being read.
      to: rowsMax + 2,
      trim: true,
    }) as unknown as CsvRecord[];
  } catch (err) {
    return { kind: "refused", reason: csvProblem(err) };
  }
  const [header, ...rows] = records;
  const columns = (header?.record ?? []).map((name) => name.toLowerCase());
  if (!columns.includes("url")) {
    return { kind: "refused", reason: WITHOUT_HEADER };
  }
  const strange = columns.find((name, index) => !isColumn(name) || columns.indexOf(name) !== index);
  if (strange !== undefined) {
    return {
      kind: "refused",
      reason: `The column “${strange.slice(0, 40)}” is unknown or stands twice. Columns are ${CSV_COLUMNS.join(", ")}.`,
    };
  }
  return {
    kind: "candidates",
    format: "csv",
    candidates: rows.map((row) => candidateOf(columns as Column[], row)),
  };
}

const isColumn = (name: string): name is Column => (CSV_COLUMNS as readonly string[]).includes(name);

/** The one that the first line has most of. */
function delimiterOf(text: string): string {
  const [first = ""] = text.split(/\r?\n/, 1);
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: first.split(delimiter).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ",";
}

function candidateOf(columns: readonly Column[], { record, info }: CsvRecord): ImportCandidate {
  const line = info.lines;
  if (record.length > columns.length) {
    const reason = `It has ${record.length} fields, the first line names ${columns.length} columns.`;
    return { kind: "refused", line, name: record[0] ?? "", reason };
  }
  const cell = (column: Column) => record[columns.indexOf(column)] ?? "";
  const cadence = cell("cadence_s");
  const body: Record<string, unknown> = { url: cell("url") };
  for (const column of ["name", "transport", "visibility", "group"] as const) {
    if (cell(column) !== "") {
      body[column] =
        column === "transport" || column === "visibility" ? cell(column).toLowerCase() : cell(column);
    }
  }
  if (cadence !== "") {
    body.cadence_s = /^\d{1,6}$/.test(cadence) ? Number(cadence) : cadence;
  }
  const tags = cell("tags")
    .split(/[|,]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  if (tags.length > 0) {
    body.tags = tags;
  }
  return { kind: "candidate", line, body, note: null };
}

function csvProblem(err: unknown): string {
  const { code, lines } = err as { readonly code?: string; readonly lines?: number };
  const where = lines === undefined ? "" : ` in line ${lines}`;
  return code === "CSV_QUOTE_NOT_CLOSED" ||
    code === "CSV_INVALID_CLOSING_QUOTE" ||
    code === "INVALID_OPENING_QUOTE"
    ? `A quotation mark is not closed${where}. A field with commas or quotes stands between quotation marks, and its own quotes are doubled.`
    : `This is not a CSV table that can be read${where}.`;
}
