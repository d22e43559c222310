import { expect, test } from "vitest";
import { unreachable } from "./unreachable.ts";

test("a value the types rule out is named in the error", () => {
  expect(() => unreachable("x" as never)).toThrow('unreachable: "x"');
});
