import { createOTP } from "@better-auth/utils/otp";
import { PASSWORD, signUp, type TestBrowser, type TestPerson, type TestWeb } from "./open-test-web.ts";

/** A person whose sign-in asks for a code, with the app that shows them. */
export interface Guarded extends TestPerson {
  readonly recoveryCodes: readonly string[];
  /** What the app shows now; of the step `stepsAhead` from now. */
  code(stepsAhead?: number): Promise<string>;
}

/** The recovery codes on a page. */
export const codesOn = (text: string) =>
  [...text.matchAll(/<li><code>([\w-]+)<\/code>/g)].map(([, code = ""]) => code);

/** The key on the set-up page, as an app reads it (RFC 4648 base32), and codes of it by RFC 6238. */
export async function readKey(browser: TestBrowser): Promise<(stepsAhead?: number) => Promise<string>> {
  const { text } = await browser.get("/account/codes");
  const key = (/Key: <code>([A-Z2-7 ]+)/.exec(text)?.[1] ?? "").replaceAll(" ", "");
  const bits = [...key]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const secret = (bits.match(/.{8}/g) ?? [])
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 2)))
    .join("");
  return (stepsAhead = 0) => createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + stepsAhead);
}

/** Signs somebody up and turns codes on. */
export async function guarded(web: TestWeb): Promise<Guarded> {
  const person = await signUp(web);
  const { browser } = person;
  await browser.submit("/account/security", { password: PASSWORD }, "/account/codes/start");
  const code = await readKey(browser);
  // The step before now: so that the present code is still unused.
  const confirmed = await browser.submit(
    "/account/codes",
    { code: await code(-1) },
    "/account/codes/confirm",
  );
  if (confirmed.status !== 200) {
    throw new Error(`codes are not on: ${confirmed.status} ${confirmed.text}`);
  }
  return { ...person, code, recoveryCodes: codesOn(confirmed.text) };
}
