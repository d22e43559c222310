import { expect, test } from "vitest";
import { readCredential } from "./header-options.ts";

const none = { header: [], headerEnv: [] };

test("no option means no credential", () => {
  expect(readCredential(none, {})).toBeNull();
});

test("a bearer and headers are taken from options and from the environment", () => {
  expect(
    readCredential(
      { bearerEnv: "T", header: ["X-Team: a: b"], headerEnv: ["X-Key: K"] },
      { T: "tok", K: "key" },
    ),
  ).toEqual({ bearer: "tok", headers: { "X-Team": "a: b", "X-Key": "key" } });
});

test.each([
  ["--header", { ...none, header: ["no colon"] }],
  ["--header", { ...none, header: ["Bad Name: x"] }],
  ["--header", { ...none, header: ["X: a\r\nEvil: b"] }],
  ["--bearer", { ...none, bearer: "a\nb" }],
  ["--bearer", { ...none, bearer: "a", bearerEnv: "T" }],
  ["--bearer-env", { ...none, bearerEnv: "UNSET" }],
  ["--header-env", { ...none, headerEnv: ["X: UNSET"] }],
])("%s is refused by name when it is wrong", (field, options) => {
  expect(() => readCredential(options, {})).toThrow(expect.objectContaining({ code: "invalid", field }));
});
