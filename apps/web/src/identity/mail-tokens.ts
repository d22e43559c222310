import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Auth } from "./create-auth.ts";

/** What a link in a mail may be good for, and what is kept until it is opened. */
const PAYLOADS = {
  /** The account is made when the address is proven, with the password of this very sign-up. */
  "sign-up": z.object({
    email: z.string(),
    name: z.string(),
    passwordHash: z.string(),
    next: z.string(),
    browserHash: z.string(),
  }),
  "sign-in": z.object({ userId: z.string(), email: z.string(), next: z.string() }),
  /** `stamp` names the password that was forgotten: one reset voids all other links. */
  reset: z.object({ userId: z.string(), email: z.string(), stamp: z.string() }),
  "change-email": z.object({ userId: z.string(), oldEmail: z.string(), newEmail: z.string() }),
  /** Nothing: keeps an unknown address as busy as a known one. */
  none: z.object({}),
} as const;
export type TokenKind = keyof typeof PAYLOADS;
export type TokenPayload<Kind extends TokenKind> = z.infer<(typeof PAYLOADS)[Kind]>;

/** 256 bits, written so that mail programs do not break the link. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Makes a token that `consumeToken` takes once until it expires; only its SHA-256 is stored. */
export async function issueToken<Kind extends TokenKind>(
  auth: Auth,
  input: {
    readonly kind: Kind;
    readonly payload: TokenPayload<Kind>;
    readonly lifeMs: number;
    readonly nowMs: number;
  },
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const { internalAdapter } = await auth.$context;
  await internalAdapter.createVerificationValue({
    identifier: `mail:${input.kind}:${token}`,
    value: JSON.stringify(input.payload),
    expiresAt: new Date(input.nowMs + input.lifeMs),
  });
  return token;
}

/** What the token is good for; null when it is unknown, used, expired or of another kind. Of two at once one gets it. */
export async function consumeToken<Kind extends TokenKind>(
  auth: Auth,
  kind: Kind,
  token: string,
): Promise<TokenPayload<Kind> | null> {
  return TOKEN.test(token)
    ? parsed(
        kind,
        await (await auth.$context).internalAdapter.consumeVerificationValue(`mail:${kind}:${token}`),
      )
    : null;
}

/** The same without using it up: for the page that asks before it acts, since mail scanners open links. */
export async function peekToken<Kind extends TokenKind>(
  auth: Auth,
  input: { readonly kind: Kind; readonly token: string; readonly nowMs: number },
): Promise<TokenPayload<Kind> | null> {
  if (!TOKEN.test(input.token)) {
    return null;
  }
  const { internalAdapter } = await auth.$context;
  const row = await internalAdapter.findVerificationValue(`mail:${input.kind}:${input.token}`);
  return row !== null && row.expiresAt.getTime() > input.nowMs ? parsed(input.kind, row) : null;
}

function parsed<Kind extends TokenKind>(
  kind: Kind,
  row: { readonly value: string } | null,
): TokenPayload<Kind> | null {
  return row === null ? null : (PAYLOADS[kind].parse(JSON.parse(row.value)) as TokenPayload<Kind>);
}
