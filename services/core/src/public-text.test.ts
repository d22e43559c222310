import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publicDetail, publicLine, publicUrl } from "./public-text.ts";

describe("publicDetail", () => {
  test.each([
    ["connect ECONNREFUSED 203.0.113.9:8443", "connect ECONNREFUSED (address)"],
    ["203.0.113.9", "(address)"],
    ["[2001:db8::1]:443 reset", "(address) reset"],
    ["to 2001:db8:0:1:2:3:4:5 failed", "to (address) failed"],
    ["fe80::1%eth0", "(address)%eth0"],
    ["::1 refused", "(address) refused"],
    ["TLS 1.3, 200 OK in 12.5 ms", "TLS 1.3, 200 OK in 12.5 ms"],
    ["2025-06-18 at 12:34:56", "2025-06-18 at 12:34:56"],
    ["version 1.2.3", "version 1.2.3"],
    ["tool::name", "tool::name"],
  ])("%s reads %s", (detail, expected) => {
    expect(publicDetail(detail)).toBe(expected);
  });

  test("no address of either family survives, whatever stands around it", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.constantFrom(" ", "(", ",", "=", "'"),
        (address, mark) => {
          expect(publicDetail(`x${mark}${address}${mark === "(" ? ")" : mark}y`)).not.toContain(address);
        },
      ),
    );
  });
});

describe("publicLine", () => {
  test("control and direction-changing characters do not reach a page", () => {
    expect(publicLine("a\u0000b\u202Ec\n\td\uFEFF", 20)).toBe("a b c d");
  });
  test("the result is never longer than asked and never holds half a character", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (text, charsMax) => {
          const line = publicLine(text, charsMax);
          expect(line.length).toBeLessThanOrEqual(charsMax);
          expect(line.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});

describe("publicUrl", () => {
  test("query values, credentials and fragments never show", () => {
    const url = "https://user:pass@mcp.example.com:8443/v1/mcp?api_key=SECRET#frag";
    expect(publicUrl(url, "public")).toBe("https://mcp.example.com:8443/v1/mcp?…");
  });
  test("an unlisted endpoint shows its origin only", () => {
    expect(publicUrl("https://mcp.example.com/s/SECRET/mcp", "unlisted")).toBe("https://mcp.example.com");
  });
  test("what is no URL shows nothing", () => {
    expect(publicUrl("not a url", "public")).toBe("");
  });
});
