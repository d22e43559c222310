import { expect, test } from "vitest";
import { createPalette, printable } from "./terminal-text.ts";

test("an escape sequence in an endpoint's name does not reach the terminal", () => {
  expect(printable("evil\u001b[2J\nname\u202E")).toBe("evil�[2J�name�");
});

test("a long text is cut and says so", () => {
  expect(printable("x".repeat(300), 10)).toBe(`${"x".repeat(9)}…`);
});

test("no colour code is written when colour is off", () => {
  expect(createPalette(false).bad("down")).toBe("down");
  expect(createPalette(true).bad("down")).toBe("\u001b[31mdown\u001b[0m");
});
