import { describe, expect, test } from "vitest";
import { createAddressGuard } from "./address-guard.ts";

const guard = createAddressGuard({ allowCidrs: [] });

describe("which addresses may be dialled", () => {
  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "[::1]",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "fd00:ec2::254",
    "not an address",
    "",
  ])("%s never, unless somebody opened it", (address) => {
    expect(guard.classify(address)).toBe("forbidden");
  });

  test.each(["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])(
    "%s is public",
    (address) => {
      expect(guard.classify(address)).toBe("public");
    },
  );

  test("a range the operator named is open, its neighbours are not", () => {
    const opened = createAddressGuard({ allowCidrs: ["127.0.77.0/24", "fd00:1::/32", " 10.0.0.5 "] });
    expect(opened.classify("127.0.77.9")).toBe("opened");
    expect(opened.classify("::ffff:127.0.77.9")).toBe("opened");
    expect(opened.classify("fd00:1::7")).toBe("opened");
    expect(opened.classify("10.0.0.5")).toBe("opened");
    expect(opened.classify("127.0.0.1")).toBe("forbidden");
    expect(opened.classify("10.0.0.6")).toBe("forbidden");
  });

  test("the CLI on its user's machine reaches everything that is an address", () => {
    const all = createAddressGuard({ allowCidrs: [], allowPrivate: true });
    expect(all.classify("127.0.0.1")).toBe("opened");
    expect(all.classify("8.8.8.8")).toBe("public");
    expect(all.classify("x")).toBe("forbidden");
  });

  test("a range that is none is refused by name, before anything is probed", () => {
    expect(() => createAddressGuard({ allowCidrs: ["10.0.0.0/40"] })).toThrow(
      "not an address range: 10.0.0.0/40",
    );
  });
});
