import type { DiffLine } from "@alivemcp/core/diff-lines";

/** A line with the part that differs from its counterpart, or a gap of unchanged lines. */
export type DiffRow =
  | {
      readonly kind: DiffLine["kind"];
      readonly text: string;
      /** Start and end of what differs inside the line; null: all of it, or nothing. */
      readonly changed: readonly [start: number, end: number] | null;
      /** Line number before and after; null where the line does not exist. */
      readonly before: number | null;
      readonly after: number | null;
    }
  | { readonly kind: "gap"; readonly lines: number };

/** Unchanged lines kept on each side of a change, as `diff -u` does. */
const CONTEXT = 3;

/** What a page shows of a difference: changes with a little context, the rest as gaps. */
export function diffRows(lines: readonly DiffLine[]): DiffRow[] {
  const numbered = number(lines);
  const isNear = nearChange(lines);
  const rows: DiffRow[] = [];
  for (const [index, row] of numbered.entries()) {
    if (isNear[index]) {
      rows.push(row);
      continue;
    }
    const last = rows.at(-1);
    if (last?.kind === "gap") {
      rows[rows.length - 1] = { kind: "gap", lines: last.lines + 1 };
    } else {
      rows.push({ kind: "gap", lines: 1 });
    }
  }
  return rows;
}

function nearChange(lines: readonly DiffLine[]): boolean[] {
  const isNear = new Array<boolean>(lines.length).fill(false);
  for (const [index, { kind }] of lines.entries()) {
    if (kind !== "same") {
      isNear.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
    }
  }
  return isNear;
}

type LineRow = Exclude<DiffRow, { kind: "gap" }>;

function number(lines: readonly DiffLine[]): LineRow[] {
  let [before, after] = [0, 0];
  const counterparts = pairLines(lines);
  return lines.map(({ kind, text }, index) => {
    before += kind === "added" ? 0 : 1;
    after += kind === "removed" ? 0 : 1;
    const other = counterparts.get(index);
    return {
      kind,
      text,
      changed: other === undefined ? null : changedPart(text, other),
      before: kind === "added" ? null : before,
      after: kind === "removed" ? null : after,
    };
  });
}

/** In a run of removed lines followed by as many added ones, the first belongs to the first, and so on. */
function pairLines(lines: readonly DiffLine[]): ReadonlyMap<number, string> {
  const pairs = new Map<number, string>();
  let index = 0;
  while (index < lines.length) {
    const removed = runLength(lines, index, "removed");
    const added = runLength(lines, index + removed, "added");
    for (let offset = 0; removed === added && offset < removed; offset += 1) {
      const [out, in_] = [index + offset, index + removed + offset];
      pairs.set(out, lines[in_]?.text ?? "");
      pairs.set(in_, lines[out]?.text ?? "");
    }
    index += Math.max(1, removed + added);
  }
  return pairs;
}

function runLength(lines: readonly DiffLine[], from: number, kind: DiffLine["kind"]): number {
  let length = 0;
  while (lines[from + length]?.kind === kind) {
    length += 1;
  }
  return length;
}

/** What is left when what both lines begin and end with is put aside; null when they share too little to compare. */
function changedPart(text: string, other: string): [number, number] | null {
  const most = Math.min(text.length, other.length);
  let head = 0;
  while (head < most && text[head] === other[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < most - head && text.at(-1 - tail) === other.at(-1 - tail)) {
    tail += 1;
  }
  return head + tail < most / 3 ? null : [head, text.length - tail];
}
