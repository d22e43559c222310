/**
 * Where a copy of the project keeps what outlives a command: database files, Redis files, logs, generated secrets.
 *
 * Not inside the clone: the unprivileged user that Postgres runs as must reach it, and a clone may sit in a folder
 * closed to others (mode 700 below /root). Not in a temporary folder either: those are swept by age.
 */
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  statSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ServiceUser } from "./service-user.ts";

const isRoot = () => process.getuid?.() === 0;

/** Folder of one running copy: the clone's path and the port base tell copies apart. */
export function stateFolderOf(clonePath: string, portBase: number): string {
  const clone = createHash("sha256").update(realpathSync(clonePath)).digest("hex").slice(0, 12);
  return join(stateRoot(), `${clone}-${portBase}`);
}

/** `/var/lib/alivemcp` for root, the XDG state folder for anybody else; `STATE_ROOT` overrides both. */
function stateRoot(): string {
  const chosen = process.env.STATE_ROOT;
  if (chosen) {
    return chosen;
  }
  if (isRoot()) {
    return "/var/lib/alivemcp";
  }
  return join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "alivemcp");
}

/**
 * Creates the folder, or adopts it when it is ours. Others may pass through it but not list it.
 * Throws when somebody else owns it, or when the service user could not reach it.
 */
export function openStateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder} exists and belongs to somebody else. Remove it or set STATE_ROOT.`);
  }
  chmodSync(folder, 0o711);
  if (isRoot() && !isReachableByOthers(folder)) {
    throw new Error(
      `${folder} lies in a folder closed to other users, which Postgres (not root) must reach.`,
    );
  }
}

/** A new folder for one command, removed by whoever made it. */
export function openThrowAwayFolder(): string {
  const base = [tmpdir(), "/tmp", "/var/tmp"].find(
    (path) => existsSync(path) && isWritable(path) && (!isRoot() || isReachableByOthers(path)),
  );
  if (base === undefined) {
    throw new Error("Neither the temporary folder nor /tmp nor /var/tmp can be written and reached.");
  }
  const folder = mkdtempSync(join(realpathSync(base), THROW_AWAY_PREFIX));
  chmodSync(folder, 0o711);
  return folder;
}

const THROW_AWAY_PREFIX = "alivemcp-test-";

/** A folder below a state folder that belongs to the service user alone. */
export function openServiceFolder(folder: string, user: ServiceUser | null): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== null) {
    chownSync(folder, user.uid, user.gid);
  }
  chmodSync(folder, 0o700);
}

/** Whether a user who owns nothing on the way may enter every folder down to this path. */
function isReachableByOthers(path: string): boolean {
  for (let at = realpathSync(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) {
      return false;
    }
    if (at === dirname(at)) {
      return true;
    }
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
