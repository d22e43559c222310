import { diffLines } from "@alivemcp/core/diff-lines";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffRows } from "./diff-rows.ts";

const rows = (before: string, after: string) => diffRows(diffLines(before.split("\n"), after.split("\n")));
const texts = (found: ReturnType<typeof diffRows>) =>
  found.map((row) => (row.kind === "gap" ? row.lines : `${row.kind} ${row.text}`));

describe("what a page shows of a difference", () => {
  test("three lines around a change stay, the rest is counted", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `l${index}`);
    const changed = lines.with(10, "new");
    expect(texts(rows(lines.join("\n"), changed.join("\n")))).toEqual([
      7,
      ...["l7", "l8", "l9"].map((line) => `same ${line}`),
      "removed l10",
      "added new",
      ...["l11", "l12", "l13"].map((line) => `same ${line}`),
      6,
    ]);
  });
  test("lines are numbered as they stand before and after", () => {
    expect(
      rows("a\nb\nc", "a\nx\ny\nc").map((row) => (row.kind === "gap" ? null : [row.before, row.after])),
    ).toEqual([
      [1, 1],
      [2, null],
      [null, 2],
      [null, 3],
      [3, 4],
    ]);
  });
  test("of a line that changed a little, what changed is marked; of another line nothing is", () => {
    const [out, come] = rows('"maximum": 100,', '"maximum": 500,');
    expect([out, come]).toMatchObject([{ changed: [11, 12] }, { changed: [11, 12] }]);
    expect(rows("abc", "xyz")).toMatchObject([{ changed: null }, { changed: null }]);
  });
  test("no line is lost: shown ones and counted ones are all there were", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const shown = diffRows(lines).reduce((sum, row) => sum + (row.kind === "gap" ? row.lines : 1), 0);
        expect(shown).toBe(lines.length);
      }),
    );
  });
});
