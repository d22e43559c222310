import fc from "fast-check";
import { expect, test } from "vitest";
import { blankInValue, blankSecrets, mayHoldSecret, secretForms } from "./secret-forms.ts";

const secret = fc
  .string({ minLength: 8, maxLength: 60, unit: "grapheme-ascii" })
  .filter((text) => text.trim() === text);
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  JSON: (text) => JSON.stringify(text),
  "a URL": encodeURIComponent,
  hexadecimal: (text) => Buffer.from(text).toString("hex"),
};

test.each(Object.entries(ENCODINGS))(
  "a bearer token is blanked in any text, written as %s",
  (_name, encode) => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (bearer, before, after) => {
        const said = blankSecrets(`${before}${encode(bearer)}${after}`, secretForms([{ bearer }]).all);
        expect(said).toContain("[redacted]");
      }),
    );
  },
);

test.each(["base64", "base64url"] as const)(
  "a token inside something encoded as %s cannot be decoded out of it",
  (encoding) => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (bearer, before, after) => {
        const said = Buffer.from(`${before}${bearer}${after}`).toString(encoding);
        const blanked = blankSecrets(said, secretForms([{ bearer }]).all);
        expect(blanked).toContain("[redacted]");
        for (const part of blanked.split("[redacted]")) {
          expect(Buffer.from(part, encoding).toString()).not.toContain(bearer);
        }
      }),
    );
  },
);

test.each([
  { name: "the value of a custom header", headers: { "x-key": "abcdefgh" }, said: "abcdefgh" },
  { name: "what follows a scheme", headers: { authorization: "Token abcdefgh" }, said: "abcdefgh" },
  {
    name: "the password inside Basic",
    headers: { authorization: `Basic ${btoa("me:pa:ss word")}` },
    said: "pa:ss word",
  },
])("$name is a secret of its own", ({ headers, said }) => {
  expect(blankSecrets(`<${said}>`, secretForms([{ headers }]).all)).toBe("<[redacted]>");
});

test("words that are no secrets stay", () => {
  const { all, long } = secretForms([{ headers: { "x-stage": "dev", "x-tenant": "blue" } }]);
  expect(blankSecrets("developers in blue", all)).toBe("developers in [redacted]");
  expect(blankSecrets("developers in blue", long)).toBe("developers in blue");
});

test("nothing is looked for without a credential", () => {
  expect(secretForms([])).toEqual({ all: [], long: [] });
  expect(mayHoldSecret("anything \\u0041", [])).toBe(false);
});

test("a value is blanked through and through, names of properties included, and written with escapes too", () => {
  const { long } = secretForms([{ bearer: "tok/en-of-mine" }]);
  const raw = '{"a":[{"tok\\/en-of-mine":1}],"\\u0074ok/en-of-mine":null,"n":7}';
  expect(mayHoldSecret(raw, long)).toBe(true);
  expect(mayHoldSecret(Buffer.from(raw), long)).toBe(true);
  expect(mayHoldSecret('{"a":1}', long)).toBe(false);
  expect(blankInValue(JSON.parse(raw), long)).toEqual({ a: [{ "[redacted]": 1 }], "[redacted]": null, n: 7 });
});
