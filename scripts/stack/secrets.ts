import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROLES, type Role } from "@alivemcp/db/roles";

/** Made once per copy and kept in its state folder, readable by its owner only. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly rolePasswords: Readonly<Record<Role, string>>;
  readonly redisPassword: string;
  /** Opens the api before there are accounts. */
  readonly operatorKey: string;
  /** Signs the cookies of the dashboard. */
  readonly authSecret: string;
  /** Signs the tickets with which workers ask for credentials. */
  readonly ticketKey: string;
  /** Opens the api's internal port to the dashboard. */
  readonly internalToken: string;
  /** What the regions' tokens are derived from. */
  readonly regionTokenSeed: string;
}

/** The copy's secrets; made on first use, and completed when a newer version wants more of them. */
export function openSecrets(folder: string): Secrets {
  const path = join(folder, "secrets.json");
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Partial<Secrets>) : {};
  const password = () => randomBytes(24).toString("hex");
  const secrets: Secrets = {
    postgresPassword: kept.postgresPassword ?? password(),
    rolePasswords: Object.fromEntries(
      ROLES.map((role) => [role, kept.rolePasswords?.[role] ?? password()]),
    ) as Record<Role, string>,
    redisPassword: kept.redisPassword ?? password(),
    operatorKey: kept.operatorKey ?? `amk_operator_${password()}`,
    authSecret: kept.authSecret ?? password(),
    ticketKey: kept.ticketKey ?? password(),
    internalToken: kept.internalToken ?? password(),
    regionTokenSeed: kept.regionTokenSeed ?? password(),
  };
  writeFileSync(path, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

/** `REGION_TOKENS` of a copy: a token per region, with which its workers open the api's internal port. */
export function regionTokensOf(
  { regionTokenSeed }: Pick<Secrets, "regionTokenSeed">,
  regions: readonly string[],
): string {
  return regions
    .map((region) => `${region}=${createHmac("sha256", regionTokenSeed).update(region).digest("base64url")}`)
    .join(",");
}
