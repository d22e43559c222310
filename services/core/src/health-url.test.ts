import { describe, expect, test } from "vitest";
import { checkHealthUrls, type HealthUrl, isStatusWell } from "./health-url.ts";

const endpoint = { url: "https://mcp.example.com/mcp", registrableDomain: "example.com" };
/** Stands in for the Public Suffix List. */
const domainOf = (host: string) => host.split(".").slice(-2).join(".");
const health = (url: string, change: Partial<HealthUrl> = {}): HealthUrl => ({
  url,
  everyMinutes: 1,
  isStatusChecked: true,
  ...change,
});
const check = (urls: readonly string[], of = endpoint) =>
  checkHealthUrls(
    of,
    urls.map((url) => health(url)),
    domainOf,
  );

describe("health URLs", () => {
  test("of the endpoint's domain are accepted as they are, normalised", () => {
    const given = [
      health("https://API.example.com:443/health#x", { everyMinutes: 5 }),
      health("https://example.com/"),
    ];
    expect(checkHealthUrls(endpoint, given, domainOf)).toEqual({
      kind: "accepted",
      healthUrls: [
        health("https://api.example.com/health", { everyMinutes: 5 }),
        health("https://example.com/"),
      ],
    });
  });

  test("of an endpoint on plain http may be http or https", () => {
    const plain = { url: "http://mcp.example.com/mcp", registrableDomain: "example.com" };
    expect(check(["http://example.com/a", "https://example.com/b"], plain).kind).toBe("accepted");
  });

  test.each<[string, readonly string[], number, RegExp]>([
    ["on another domain", ["https://example.com/a", "https://example.org/"], 1, /own domain, example\.com/],
    ["on a domain that only ends alike", ["https://notexample.com/"], 0, /own domain/],
    ["on plain http beside an https endpoint", ["http://example.com/"], 0, /must be https/],
    ["listed twice", ["https://example.com/a", "https://example.com/a/#x"], 1, /twice/],
    ["with a password", ["https://a:b@example.com/"], 0, /password/],
    ["of another scheme", ["file:///etc/passwd"], 0, /http/],
    ["on a port of another protocol", ["https://example.com:25/"], 0, /Port 25/],
    ["that is empty", [""], 0, /URL/],
  ])("are refused when one is %s", (_name, urls, index, message) => {
    const checked = check(urls);
    expect(checked).toMatchObject({ kind: "refused", index });
    expect(checked.kind === "refused" && checked.message).toMatch(message);
  });

  test("are five at most", () => {
    const urls = Array.from({ length: 6 }, (_, index) => `https://example.com/${index}`);
    expect(check(urls.slice(0, 5)).kind).toBe("accepted");
    expect(check(urls)).toMatchObject({ kind: "refused", index: 5 });
  });
});

describe("the status of a health document", () => {
  test.each<[string, unknown, boolean]>([
    ["pass", { status: "pass" }, true],
    ["ok", { status: "ok" }, true],
    ["up", { status: "up" }, true],
    ["UP, as Spring Boot says", { status: "UP" }, true],
    ["healthy", { status: "healthy" }, true],
    ["warn, which is healthy with concerns", { status: "warn" }, true],
    ["fail", { status: "fail" }, false],
    ["DOWN", { status: "DOWN" }, false],
    ["a word nobody agreed on", { status: "meh" }, false],
    ["an empty text", { status: "" }, false],
    ["a number", { status: 200 }, true],
    ["not there", { state: "down" }, true],
    ["inherited", Object.create({ status: "fail" }), true],
    ["of a list", [{ status: "fail" }], true],
    ["of nothing", null, true],
  ])("%s", (_name, document, isWell) => {
    expect(isStatusWell(document)).toBe(isWell);
  });
});
