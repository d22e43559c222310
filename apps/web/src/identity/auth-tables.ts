/** Where the library finds its models in our schema: table names, and columns whose names differ. */
const timestamps = { createdAt: "created_at", updatedAt: "updated_at" };

export const USER_TABLE = {
  modelName: "users",
  fields: { emailVerified: "email_verified", ...timestamps },
};
export const SESSION_TABLE = {
  modelName: "sessions",
  fields: {
    userId: "user_id",
    expiresAt: "expires_at",
    ipAddress: "ip_address",
    userAgent: "user_agent",
    ...timestamps,
  },
};
export const ACCOUNT_TABLE = {
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
};
export const VERIFICATION_TABLE = {
  modelName: "verifications",
  fields: { expiresAt: "expires_at", ...timestamps },
};
export const TWO_FACTOR_TABLES = {
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
};
