import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  exceededJsonBound,
  JSON_DEPTH_MAX,
  JSON_NODES_MAX,
  sha256Hex,
} from "./canonical-json.ts";

describe("RFC 8785 examples", () => {
  test("numbers, strings and literals of section 3.2.2 come out byte for byte", () => {
    const input = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJson(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("keys are sorted by UTF-16 code unit as in section 3.2.3", () => {
    const input = JSON.parse(
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
    );
    expect(Object.values(JSON.parse(canonicalJson(input)))).toHaveLength(7);
    expect(
      canonicalJson(input)
        .match(/"[^"]+"(?=:)/g)
        ?.map((key) => JSON.parse(key)),
    ).toEqual(["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]);
  });
});

test("whole-number-like keys are sorted as text, not as numbers", () => {
  expect(canonicalJson(JSON.parse('{"9":1,"10":2}'))).toBe('{"10":2,"9":1}');
});

test("a key named toJSON or __proto__ is an ordinary key", () => {
  expect(canonicalJson(JSON.parse('{"toJSON":"x","__proto__":{"b":1,"a":2}}'))).toBe(
    '{"__proto__":{"a":2,"b":1},"toJSON":"x"}',
  );
});

test("lone surrogates and overflowed numbers have one text each instead of an error", () => {
  expect(canonicalJson(JSON.parse('{"b":"\\ud800","a\\udc00":1e999,"__proto__":[1e999]}'))).toBe(
    '{"__proto__":[null],"a\ufffd":null,"b":"\ufffd"}',
  );
});

test("two keys that collide after repair give the same text whatever their order", () => {
  const one = JSON.parse('{"\\ud800":1,"\\ud801":2}');
  const other = JSON.parse('{"\\ud801":2,"\\ud800":1}');
  expect(canonicalJson(one)).toBe(canonicalJson(other));
});

describe("bounds", () => {
  const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth));

  test("the deepest allowed nesting passes and one more is refused", () => {
    expect(exceededJsonBound(nested(JSON_DEPTH_MAX))).toBeNull();
    expect(exceededJsonBound(nested(JSON_DEPTH_MAX + 1))).toBe("depth");
  });

  test("a value nested 500,000 deep is refused without overflowing the stack", () => {
    expect(exceededJsonBound(nested(500_000))).toBe("depth");
  });

  test("the largest allowed count passes and one more is refused", () => {
    expect(exceededJsonBound(Array(JSON_NODES_MAX - 1).fill(0))).toBeNull();
    expect(exceededJsonBound(Array(JSON_NODES_MAX).fill(0))).toBe("nodes");
  });

  test("canonicalising a value over a bound is a bug", () => {
    expect(() => canonicalJson(nested(JSON_DEPTH_MAX + 1))).toThrow(/within the bounds/);
  });
});

test("canonical text parses back to the same value and does not depend on key order or whitespace", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = canonicalJson(value);
      const respaced = JSON.parse(JSON.stringify(reversed(value), null, 3));
      expect(canonicalJson(respaced)).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(reversed);
  }
  const copy = Object.create(null);
  for (const [key, held] of Object.entries(value).reverse()) {
    copy[key] = reversed(held);
  }
  return copy;
}

test("sha256Hex gives the FIPS 180-2 example for text and bytes alike", () => {
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256Hex("abc")).toBe(digest);
  expect(sha256Hex(Buffer.from("abc"))).toBe(digest);
});
