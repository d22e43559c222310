import { Hono } from "hono";
import { expect, test } from "vitest";
import { callerAddress } from "./caller-address.ts";

async function callerOf(forwarded: string | null, hops: number): Promise<string> {
  const app = new Hono().get("/", (c) => c.text(callerAddress(c, hops)));
  const headers: Record<string, string> = forwarded === null ? {} : { "x-forwarded-for": forwarded };
  return (await app.request("/", { headers })).text();
}

test.each([
  ["without a trusted proxy the header is not believed", "198.51.100.1", 0, "unknown"],
  ["one proxy: the last address", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"],
  ["two proxies: the one before", "6.6.6.6, 198.51.100.1, 10.0.0.1", 2, "198.51.100.1"],
  ["fewer addresses than proxies: the socket", "198.51.100.1", 2, "unknown"],
  ["no header behind a proxy: the socket", null, 1, "unknown"],
  ["an IPv6 caller is its /64", "2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"],
  ["a shortened IPv6 address too", "2001:db8::9", 1, "2001:db8:0:0::/64"],
  ["an IPv4 caller in IPv6 clothes is itself", "::ffff:198.51.100.1", 1, "198.51.100.1"],
])("%s", async (_name, forwarded, hops, expected) => {
  expect(await callerOf(forwarded, hops)).toBe(expected);
});
