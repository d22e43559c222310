import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "@alivemcp/core/app-error";
import { z } from "zod";

const loginSchema = z.object({ api_url: z.url(), api_key: z.string().min(1) });
export type StoredLogin = z.infer<typeof loginSchema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_CONFIG_HOME/alivemcp/login.json`, by default below `~/.config` (XDG Base Directory Specification 0.8). */
function loginFile(env: Environment): string {
  const base = env.XDG_CONFIG_HOME || (env.HOME ? join(env.HOME, ".config") : "");
  if (base === "") {
    throw new AppError({
      code: "invalid",
      internal: "no home",
      public:
        "neither HOME nor XDG_CONFIG_HOME is set, so there is no place for a login; set ALIVEMCP_API_KEY",
    });
  }
  return join(base, "alivemcp", "login.json");
}

/** What `login` stored; null when nothing did. Throws `invalid` when the file cannot be read as one. */
export function readLogin(env: Environment): StoredLogin | null {
  if (!env.XDG_CONFIG_HOME && !env.HOME) {
    return null;
  }
  const file = loginFile(env);
  try {
    return loginSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      return null;
    }
    throw new AppError({
      code: "invalid",
      internal: "login unreadable",
      public: `${file} is not readable as a login; run alivemcp login again`,
      cause,
    });
  }
}

/** Stores it for this user only (mode 0600), whatever the umask and whatever was there. */
export function writeLogin(env: Environment, login: StoredLogin): string {
  const file = loginFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(file, 0o600);
  return file;
}

/** False when there was none. */
export function deleteLogin(env: Environment): boolean {
  const isThere = readLogin(env) !== null;
  rmSync(loginFile(env), { force: true });
  return isThere;
}
