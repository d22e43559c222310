import type { WebContext } from "../web-env.ts";
import { ADDRESS_HEADER, type Auth } from "./create-auth.ts";

/** What the library answered. Its cookies reach the browser only through `setCookies`. */
export type AuthAnswer =
  | {
      readonly kind: "ok";
      readonly body: Readonly<Record<string, unknown>>;
      readonly location: string | null;
      readonly cookies: readonly string[];
    }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly status: number;
      readonly cookies: readonly string[];
    };

/** Calls the library for the browser that asks: with its cookies and nothing else that it sent but its name. */
export async function callAuth(
  c: WebContext,
  call: (headers: Headers) => Promise<Response>,
): Promise<AuthAnswer> {
  const response = await call(authHeaders(c));
  const text = await response.text();
  const body = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  const cookies = response.headers.getSetCookie();
  return response.status >= 400
    ? { kind: "refused", code: String(body.code ?? "UNKNOWN"), status: response.status, cookies }
    : { kind: "ok", body, location: response.headers.get("location"), cookies };
}

export function authHeaders(c: WebContext): Headers {
  const headers = new Headers({ [ADDRESS_HEADER]: c.var.address });
  for (const name of ["cookie", "user-agent"]) {
    const value = c.req.header(name);
    if (value !== undefined) {
      headers.set(name, value);
    }
  }
  return headers;
}

export function setCookies(c: WebContext, answer: { readonly cookies: readonly string[] }): void {
  for (const cookie of answer.cookies) {
    c.header("set-cookie", cookie, { append: true });
  }
}

/** The person that these new cookies sign in; null for none. */
export async function personOfCookies(
  auth: Auth,
  cookies: readonly string[],
): Promise<{ readonly userId: string; readonly name: string; readonly email: string } | null> {
  const cookie = cookies.map((line) => line.split(";")[0]).join("; ");
  const found = await auth.api.getSession({ headers: new Headers({ cookie }) });
  return found === null ? null : { userId: found.user.id, name: found.user.name, email: found.user.email };
}
