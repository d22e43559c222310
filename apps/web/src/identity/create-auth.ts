/**
 * The identity library, configured: our table names, our cookies, no route of its own. Only this folder imports it, so
 * that it can be replaced. It runs its own SQL as `identity`, on tables that no other role may touch.
 */
import { randomUUID } from "node:crypto";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Pool } from "@alivemcp/runtime/postgres";
import { betterAuth } from "better-auth";
import { magicLink } from "better-auth/plugins/magic-link";
import { twoFactor } from "better-auth/plugins/two-factor";
import type { Config } from "../config.ts";
import { cookiePrefix, isSecureUrl } from "../cookie-jar.ts";

/** Carries the caller's address from our middleware to the row of a new session. */
export const ADDRESS_HEADER = "x-alivemcp-address";
const USER_AGENT_CHARS_MAX = 300;
const DAY_S = 24 * 3600;
/** A session ends after this long without a visit. */
const SESSION_LIFE_S = 14 * DAY_S;

const timestamps = { createdAt: "created_at", updatedAt: "updated_at" };

export type Auth = ReturnType<typeof createAuth>;

export function createAuth(input: {
  readonly pool: Pool;
  readonly log: Logger;
  readonly config: Pick<Config, "APP_URL" | "AUTH_SECRET">;
}) {
  const { pool, log, config } = input;
  return betterAuth({
    appName: "AliveMCP",
    baseURL: config.APP_URL,
    secret: config.AUTH_SECRET,
    telemetry: { enabled: false },
    database: pool,
    logger: {
      // Its lines may hold addresses; what matters to operators is logged by our own routes.
      log: (level, message) => log[level === "error" ? "warn" : "debug"]({ library: message }, "identity"),
    },
    rateLimit: { enabled: false },
    user: {
      modelName: "users",
      fields: { emailVerified: "email_verified", ...timestamps },
    },
    session: {
      modelName: "sessions",
      fields: {
        userId: "user_id",
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
        ...timestamps,
      },
      expiresIn: SESSION_LIFE_S,
      updateAge: DAY_S,
    },
    account: {
      modelName: "accounts",
      fields: {
        userId: "user_id",
        providerId: "provider_id",
        accountId: "account_id",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
        ...timestamps,
      },
      encryptOAuthTokens: true,
    },
    verification: {
      modelName: "verifications",
      fields: { expiresAt: "expires_at", ...timestamps },
      storeIdentifier: "hashed",
    },
    emailAndPassword: { enabled: true, requireEmailVerification: true },
    plugins: [
      magicLink({ storeToken: "hashed", disableSignUp: true, sendMagicLink: async () => {} }),
      twoFactor({
        issuer: "AliveMCP",
        allowPasswordless: true,
        schema: {
          user: { fields: { twoFactorEnabled: "two_factor_enabled" } },
          twoFactor: {
            modelName: "two_factors",
            fields: {
              userId: "user_id",
              backupCodes: "backup_codes",
              failedVerificationCount: "failed_verification_count",
              lockedUntil: "locked_until",
            },
          },
        },
      }),
    ],
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => ({
            data: {
              ...session,
              ipAddress: context?.headers?.get(ADDRESS_HEADER) ?? null,
              userAgent: session.userAgent?.slice(0, USER_AGENT_CHARS_MAX) ?? null,
            },
          }),
        },
      },
    },
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
