import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** Our own cookies. None can be read by a script, and with https none can be set by a sibling host (`__Host-`). */
export interface CookieJar {
  read(c: Context, name: string): string | undefined;
  write(c: Context, name: string, value: string, maxAgeS: number): void;
  clear(c: Context, name: string): void;
}

export const isSecureUrl = (appUrl: string) => new URL(appUrl).protocol === "https:";

/** What stands before the dot of every cookie's name. */
export const cookiePrefix = (appUrl: string) => (isSecureUrl(appUrl) ? "__Host-alivemcp" : "alivemcp");

export function createCookieJar(appUrl: string): CookieJar {
  const fullName = (name: string) => `${cookiePrefix(appUrl)}.${name}`;
  const attributes = { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecureUrl(appUrl) } as const;
  return {
    read: (c, name) => getCookie(c, fullName(name)),
    write: (c, name, value, maxAgeS) =>
      setCookie(c, fullName(name), value, { ...attributes, maxAge: maxAgeS }),
    clear: (c, name) => void deleteCookie(c, fullName(name), attributes),
  };
}
