import { describe, expect, test } from "vitest";
import { judgePassword, passwordInput } from "./password-rules.ts";

const EMAIL = "zoe.miller@example.com";

describe("a password is refused", () => {
  test.each([
    ["with nine characters", "abcdefghi", "at least 10"],
    ["with nine characters of two code units each", "😀😁😂🤣😃😄😅😆😉", "at least 10"],
    ["with 129 characters", "ab3d".repeat(33), "at most 128"],
    ["that is the address", EMAIL, "address"],
    ["that is the address in capitals", EMAIL.toUpperCase(), "address"],
    ["that is the name in the address and a year", "zoe.miller2026", "address"],
    ["that is the domain and a sign", "example.com!", "address"],
    ["that everybody tries", "qwertyuiop", "first that anybody"],
    ["that everybody tries, in capitals", "QWERTYUIOP", "first that anybody"],
    ["of one character", "aaaaaaaaaaaa", "first that anybody"],
  ])("%s", (_name, password, sentence) => {
    expect(judgePassword(password, EMAIL)).toContain(sentence);
  });
});

test.each([
  ["of ten characters", "k7#xQ2mv!p"],
  ["of words", "correct horse battery staple"],
  ["of 128 characters", "ab3d".repeat(32)],
  ["in any script", "пароль-для-зои"],
  ["that holds a short part of the address", "zoe likes trains a lot"],
])("a password %s may be used", (_name, password) => {
  expect(judgePassword(password, EMAIL)).toBeNull();
});

test("the same characters composed in two ways are one password", () => {
  expect(passwordInput.parse("e\u0301cole-publique")).toBe(passwordInput.parse("\u00e9cole-publique"));
});
