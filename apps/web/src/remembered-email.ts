import type { CookieJar } from "./cookie-jar.ts";
import type { Signer } from "./signer.ts";
import type { WebContext } from "./web-env.ts";

type CookieDeps = { readonly cookies: CookieJar; readonly signer: Signer };
const COOKIE = "address";
const LIFE_S = 3_600;

/** Keeps the address that was just typed in, so that the next page can name it and mail it again. Signed: only typed ones. */
export function rememberEmail(deps: CookieDeps, c: WebContext, email: string): void {
  const text = Buffer.from(email).toString("base64url");
  deps.cookies.write(c, COOKIE, `${text}.${deps.signer.sign("address", text)}`, LIFE_S);
}

export function recallEmail(deps: CookieDeps, c: WebContext): string | null {
  const [text = "", signature = ""] = (deps.cookies.read(c, COOKIE) ?? "").split(".");
  return deps.signer.isSignedBy("address", text, signature)
    ? Buffer.from(text, "base64url").toString("utf8")
    : null;
}
