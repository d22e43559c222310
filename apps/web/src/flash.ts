import { z } from "zod";
import type { CookieJar } from "./cookie-jar.ts";
import type { Signer } from "./signer.ts";
import type { Flash, WebContext } from "./web-env.ts";

const flashSchema: z.ZodType<Flash> = z.object({ tone: z.enum(["good", "bad"]), text: z.string().max(500) });

const COOKIE = "flash";
const LIFE_S = 60;

/** Signed, so that nobody can have our page say something by planting a cookie. */
export function writeFlash(
  deps: { readonly cookies: CookieJar; readonly signer: Signer },
  c: WebContext,
  flash: Flash,
): void {
  const text = Buffer.from(JSON.stringify(flash)).toString("base64url");
  deps.cookies.write(c, COOKIE, `${text}.${deps.signer.sign("flash", text)}`, LIFE_S);
}

/** The sentence that waits, which then is gone; null when there is none or it is not ours. */
export function takeFlash(
  deps: { readonly cookies: CookieJar; readonly signer: Signer },
  c: WebContext,
): Flash | null {
  const cookie = deps.cookies.read(c, COOKIE);
  if (cookie === undefined) {
    return null;
  }
  deps.cookies.clear(c, COOKIE);
  const [text = "", signature = ""] = cookie.split(".");
  if (!deps.signer.isSignedBy("flash", text, signature)) {
    return null;
  }
  return flashSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
}
