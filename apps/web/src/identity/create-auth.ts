/**
 * The identity library, configured: our table names, our cookies, no route of its own. Only this folder imports it, so
 * that it can be replaced. It runs its own SQL as `identity`, on tables that no other role may touch.
 */
import { randomUUID } from "node:crypto";
import type { Logger } from "@alivemcp/runtime/logger";
import { headerText } from "@alivemcp/runtime/mail";
import type { Pool } from "@alivemcp/runtime/postgres";
import { betterAuth } from "better-auth";
import { magicLink } from "better-auth/plugins/magic-link";
import { twoFactor } from "better-auth/plugins/two-factor";
import type { Config } from "../config.ts";
import { cookiePrefix, isSecureUrl } from "../cookie-jar.ts";
import {
  ACCOUNT_TABLE,
  SESSION_TABLE,
  TWO_FACTOR_TABLES,
  USER_TABLE,
  VERIFICATION_TABLE,
} from "./auth-tables.ts";

/** Carries the caller's address from our middleware to the row of a new session. */
export const ADDRESS_HEADER = "x-alivemcp-address";
const USER_AGENT_CHARS_MAX = 300;
const DAY_S = 24 * 3600;
/** A session ends after this long without a visit. */
const SESSION_LIFE_S = 14 * DAY_S;
/** Every way in asks for the second factor of who has one; by itself the library asks after a password only. */
const ASKS_SECOND_FACTOR = new Set(["/sign-in/email", "/magic-link/verify", "/callback/:id"]);

export type Auth = ReturnType<typeof createAuth>;

export function createAuth(input: {
  readonly pool: Pool;
  readonly log: Logger;
  readonly config: Pick<Config, "APP_URL" | "AUTH_SECRET" | "GITHUB_CLIENT_ID" | "GITHUB_CLIENT_SECRET">;
}) {
  const { pool, log, config } = input;
  return betterAuth({
    appName: "AliveMCP",
    baseURL: config.APP_URL,
    secret: config.AUTH_SECRET,
    telemetry: { enabled: false },
    database: pool,
    // Its lines may hold addresses and tokens; what matters to operators is logged by our own routes.
    logger: { disabled: true },
    onAPIError: { errorURL: `${config.APP_URL}/sign-in` },
    rateLimit: { enabled: false },
    user: USER_TABLE,
    session: { ...SESSION_TABLE, expiresIn: SESSION_LIFE_S, updateAge: DAY_S },
    account: {
      ...ACCOUNT_TABLE,
      updateAccountOnSignIn: false,
      // A person who is signed in may connect a GitHub account of any address; a link by mail is always a way in.
      accountLinking: { allowDifferentEmails: true, allowUnlinkingAll: true },
    },
    verification: { ...VERIFICATION_TABLE, storeIdentifier: "hashed" },
    // Our own rules are checked before; sign-up is our own.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      requireEmailVerification: true,
      minPasswordLength: 1,
      maxPasswordLength: 1_000,
    },
    socialProviders: gitHubProvider(config),
    plugins: [
      // Its mails are not used: `signInAs` proves a person to it after a link of ours was opened.
      magicLink({ disableSignUp: true, expiresIn: 60, sendMagicLink: async () => {} }),
      secondFactor(),
    ],
    databaseHooks: databaseHooks(log),
    advanced: {
      cookiePrefix: cookiePrefix(config.APP_URL),
      // The prefix says `__Host-` already.
      useSecureCookies: false,
      defaultCookieAttributes: {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        secure: isSecureUrl(config.APP_URL),
      },
      database: { generateId: () => randomUUID() },
    },
  });
}

/** GitHub is offered where both of its keys are set. */
function gitHubProvider(config: Pick<Config, "GITHUB_CLIENT_ID" | "GITHUB_CLIENT_SECRET">) {
  const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret } = config;
  return clientId === undefined || clientSecret === undefined
    ? {}
    : {
        github: {
          clientId,
          clientSecret,
          mapProfileToUser: (profile: { readonly name?: string | null; readonly login: string }) => ({
            name: headerText(profile.name || profile.login) || profile.login,
          }),
        },
      };
}

function secondFactor() {
  const plugin = twoFactor({
    issuer: "AliveMCP",
    allowPasswordless: true,
    schema: TWO_FACTOR_TABLES,
  });
  for (const hook of plugin.hooks.after) {
    hook.matcher = ({ path }: { path?: string }) => ASKS_SECOND_FACTOR.has(path ?? "");
  }
  return plugin;
}

function databaseHooks(log: Logger) {
  return {
    user: {
      create: {
        // Nobody exists here before their address is proven; pictures elsewhere are not shown.
        before: async (user: { emailVerified: boolean } & Record<string, unknown>) =>
          user.emailVerified ? { data: { ...user, image: null } } : false,
      },
    },
    account: {
      create: {
        // Nothing is asked of GitHub after the sign-in, so nothing is kept that could ask.
        before: async (account: Record<string, unknown>) => ({
          data: {
            ...account,
            accessToken: null,
            refreshToken: null,
            idToken: null,
            accessTokenExpiresAt: null,
            refreshTokenExpiresAt: null,
          },
        }),
      },
    },
    session: {
      create: {
        before: async (
          session: { userAgent?: string | null | undefined } & Record<string, unknown>,
          context: { headers?: Headers | undefined } | null,
        ) => ({
          data: {
            ...session,
            ipAddress: context?.headers?.get(ADDRESS_HEADER) ?? null,
            userAgent: session.userAgent?.slice(0, USER_AGENT_CHARS_MAX) ?? null,
          },
        }),
        after: async (session: { userId: string }) => {
          log.info({ userId: session.userId }, "signed in");
        },
      },
    },
  };
}
