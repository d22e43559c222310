import { describe, expect, test } from "vitest";
import { parseUpOptions } from "./up-options.ts";

const DEFAULTS = { portBase: 4400, isReset: false, hasDemo: true, isWatching: false, importPath: null };

describe("parseUpOptions", () => {
  test.each([
    ["nothing is the defaults", [], DEFAULTS],
    ["a port base", ["--port-base", "5000"], { ...DEFAULTS, portBase: 5000 }],
    [
      "real use",
      ["--no-demo", "--import", "mcp.json"],
      { ...DEFAULTS, hasDemo: false, importPath: "mcp.json" },
    ],
    ["development", ["--watch"], { ...DEFAULTS, isWatching: true }],
    ["a fresh start", ["--reset"], { ...DEFAULTS, isReset: true }],
  ])("%s", (_name, args, options) => {
    expect(parseUpOptions(args)).toEqual({ kind: "run", options });
  });

  test.each([[["--port-base", "80"]], [["--port-base", "x"]], [["--port-base", "65500"]], [["--port-base"]]])(
    "%j is refused with the option's name",
    (args) => {
      expect(parseUpOptions(args)).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining("port-base"),
      });
    },
  );

  test.each([[["--verbose"]], [["now"]]])("%j is refused, never ignored", (args) => {
    expect(parseUpOptions(args)).toMatchObject({ kind: "refused" });
  });

  test("help wins over everything else", () => {
    expect(parseUpOptions(["--port-base", "5000", "--help"])).toEqual({ kind: "help" });
  });
});
