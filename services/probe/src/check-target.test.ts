import { describe, expect, test } from "vitest";
import { createAddressGuard } from "./address-guard.ts";
import { checkTarget } from "./check-target.ts";
import { registrableDomain } from "./registrable-domain.ts";
import type { Resolution } from "./resolve-host.ts";

const guard = createAddressGuard({ allowCidrs: ["127.0.77.0/24"] });

function resolving(resolution: Resolution) {
  return { guard, resolve: () => Promise.resolve(resolution) };
}

const publicHost = resolving({ kind: "resolved", addresses: ["93.184.216.34"] });

describe("the intake check", () => {
  test("accepts a public host, with the domain that answers for it", async () => {
    expect(await checkTarget(publicHost, "https://mcp.eu.example.co.uk/mcp#x")).toEqual({
      kind: "accepted",
      url: "https://mcp.eu.example.co.uk/mcp",
      registrableDomain: "example.co.uk",
    });
  });

  test("accepts a range the operator opened", async () => {
    const deps = resolving({ kind: "resolved", addresses: ["127.0.77.5"] });
    expect((await checkTarget(deps, "http://127.0.77.5:8080/mcp")).kind).toBe("accepted");
  });

  test("refuses a name with any private address, whatever else it has", async () => {
    const deps = resolving({ kind: "resolved", addresses: ["93.184.216.34", "10.0.0.1"] });
    expect(await checkTarget(deps, "https://mixed.example/")).toMatchObject({
      kind: "refused",
      field: "url",
      reason: "url_private_address",
    });
  });

  test("refuses a name that does not exist, but not one whose name server is silent", async () => {
    const unknown = resolving({ kind: "failed", detail: "dns_nxdomain" });
    expect(await checkTarget(unknown, "https://nowhere.example/")).toMatchObject({
      reason: "url_unknown_host",
    });
    const silent = resolving({ kind: "failed", detail: "dns_timeout" });
    expect((await checkTarget(silent, "https://silent.example/")).kind).toBe("accepted");
  });

  test("refuses what is no URL before any name is looked up", async () => {
    const deps = { guard, resolve: () => Promise.reject(new Error("must not be asked")) };
    expect(await checkTarget(deps, "npx server")).toMatchObject({ reason: "url_is_command" });
  });
});

describe("the registrable domain", () => {
  test.each([
    ["mcp.example.com", "example.com"],
    ["EXAMPLE.com.", "example.com"],
    ["a.b.example.co.uk", "example.co.uk"],
    ["mine.vercel.app", "mine.vercel.app"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "[::1]"],
    ["localhost", "localhost"],
  ])("of %s is %s", (host, domain) => {
    expect(registrableDomain(host)).toBe(domain);
  });
});
