import { execFileSync } from "node:child_process";

/** Who a service runs as. Postgres refuses to run as root, and Redis has no need to. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Null when we are not root: then services run as ourselves. As root: `postgres` where it exists, else `nobody`. */
export function findServiceUser(): ServiceUser | null {
  if (process.getuid?.() !== 0) {
    return null;
  }
  for (const name of ["postgres", "nobody"]) {
    const uid = numericId("-u", name);
    const gid = numericId("-g", name);
    if (uid !== null && gid !== null && uid !== 0) {
      return { name, uid, gid };
    }
  }
  throw new Error(
    "Postgres does not run as root and this machine has neither a postgres nor a nobody user. " +
      "Create one (useradd --system postgres) or run this command as another user.",
  );
}

/** Spawn options that drop to the user; empty when there is nothing to drop. */
export const asUser = (user: ServiceUser | null) =>
  user === null ? {} : ({ uid: user.uid, gid: user.gid } as const);

function numericId(flag: "-u" | "-g", name: string): number | null {
  try {
    const id = Number(
      execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
    return Number.isInteger(id) ? id : null;
  } catch {
    return null;
  }
}
