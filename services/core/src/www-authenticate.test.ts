import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseChallenges } from "./www-authenticate.ts";

const CASES: readonly (readonly [string, readonly string[], unknown])[] = [
  ["a bare scheme", ["Bearer"], [["bearer", {}]]],
  [
    "what the MCP specification asks for",
    ['Bearer resource_metadata="https://a.example/.well-known/oauth-protected-resource", scope="a b"'],
    [
      [
        "bearer",
        { resource_metadata: "https://a.example/.well-known/oauth-protected-resource", scope: "a b" },
      ],
    ],
  ],
  [
    "unquoted values",
    ["Bearer error=invalid_token, realm=x"],
    [["bearer", { error: "invalid_token", realm: "x" }]],
  ],
  ["commas inside quotes", ['Bearer realm="a, b", error="x"'], [["bearer", { realm: "a, b", error: "x" }]]],
  ["escaped quotes", ['Bearer realm="a \\"b\\""'], [["bearer", { realm: 'a "b"' }]]],
  [
    "several challenges in one value",
    ['Basic realm="x", Bearer error="y"'],
    [
      ["basic", { realm: "x" }],
      ["bearer", { error: "y" }],
    ],
  ],
  [
    "repeated headers",
    ['Basic realm="x"', "Bearer"],
    [
      ["basic", { realm: "x" }],
      ["bearer", {}],
    ],
  ],
  [
    "a scheme with token68",
    ["Negotiate YII=, Bearer"],
    [
      ["negotiate", {}],
      ["bearer", {}],
    ],
  ],
  [
    "names in any case, with space around =",
    ['BEARER Resource_Metadata = "u"'],
    [["bearer", { resource_metadata: "u" }]],
  ],
  ["a repeated name: the first counts", ['Bearer a="1", a="2"'], [["bearer", { a: "1" }]]],
  [
    "leading and doubled commas",
    [', Bearer realm="x",, error="y",'],
    [["bearer", { realm: "x", error: "y" }]],
  ],
];

describe("challenges are read leniently", () => {
  test.each(CASES)("%s", (_name, values, expected) => {
    const { challenges, isMalformed } = parseChallenges(values);
    expect(challenges.map(({ scheme, params }) => [scheme, { ...params }])).toEqual(expected);
    expect(isMalformed).toBe(false);
  });

  const BROKEN: readonly (readonly [string, string])[] = [
    ["an unclosed quote", 'Bearer realm="x'],
    ["a parameter without a scheme", 'resource_metadata="https://a.example"'],
    ["a parameter without a value", "Bearer realm="],
    ["nothing at all", " "],
    ["no challenge in sight", '"just text"'],
  ];
  test.each(BROKEN)("%s is told", (_name, value) => {
    expect(parseChallenges([value]).isMalformed).toBe(true);
  });

  test("what is readable beside something broken is still read", () => {
    const { challenges, isMalformed } = parseChallenges(['Bearer @@@ resource_metadata="u"']);
    expect(isMalformed).toBe(true);
    expect(challenges[0]?.params.resource_metadata).toBe("u");
  });

  test("no header at all is no fault", () => {
    expect(parseChallenges([])).toEqual({ challenges: [], isMalformed: false });
  });

  test("a hostile name cannot reach an object's own furniture", () => {
    const { challenges } = parseChallenges(["Bearer __proto__=x, constructor=y"]);
    expect(Object.getPrototypeOf(challenges[0]?.params)).toBeNull();
    expect(challenges[0]?.params.constructor).toBe("y");
  });

  test("any text ends, quickly, without throwing", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2_000, unit: "binary" }), { maxLength: 3 }), (values) => {
        parseChallenges(values);
      }),
    );
    const startedMs = performance.now();
    for (const hostile of [
      'Bearer a="'.repeat(5_000),
      "Bearer \\".repeat(5_000),
      `Bearer a="${"\\".repeat(20_000)}`,
    ]) {
      parseChallenges([hostile]);
    }
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});
