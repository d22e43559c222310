import fc from "fast-check";
import { expect, test } from "vitest";
import { createCursors } from "./cursors.ts";

const cursors = createCursors("operator-key-for-tests-0123456789abcdef");
const position = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.integer()), { maxLength: 4 });

test("a cursor leads back to where it was written, in every process with the same key", () => {
  const elsewhere = createCursors("operator-key-for-tests-0123456789abcdef");
  fc.assert(
    fc.property(fc.string(), position, (list, at) => {
      expect(elsewhere.read(list, cursors.write(list, at))).toEqual(at);
    }),
  );
});

test("without a cursor a list begins at its beginning", () => {
  expect(cursors.read("list", undefined)).toBeNull();
});

test("a cursor that was changed anywhere is refused", () => {
  const cursor = cursors.write("list", ["row", 7]);
  fc.assert(
    fc.property(fc.nat(cursor.length - 1), fc.constantFrom(..."ABCabc019-_=."), (at, other) => {
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      fc.pre(changed !== cursor);
      expect(() => cursors.read("list", changed)).toThrow("bad cursor");
    }),
  );
});

test.each([
  ["of another list", cursors.write("other", [1])],
  ["of another installation", createCursors("another-key-0123456789abcdef0123456789").write("list", [1])],
  ["empty", ""],
  ["no base64", "%%%"],
  ["with something behind it", `${cursors.write("list", [1])}AAAA`],
])("a cursor %s is refused", (_name, cursor) => {
  expect(() => cursors.read("list", cursor)).toThrow();
});
