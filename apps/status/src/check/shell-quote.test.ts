import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellQuote } from "./shell-quote.ts";

test.each([
  "https://mcp.example.com/mcp",
  "https://a.example/$(touch pwned)",
  "https://a.example/it's`id`",
  "https://a.example/?a=1&b=2;c",
  "http://[::1]:80/*",
])("a shell hands on %s exactly as it is", (url) => {
  expect(execFileSync("/bin/sh", ["-c", `printf %s ${shellQuote(url)}`], { encoding: "utf8" })).toBe(url);
});

test("an ordinary URL stays readable", () => {
  expect(shellQuote("https://mcp.example.com/mcp")).toBe("https://mcp.example.com/mcp");
});
