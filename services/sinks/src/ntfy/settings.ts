import { z } from "zod";

/** Names that ntfy keeps for itself (ntfy, docs/config "disallowed topics" of its public server). */
const RESERVED_TOPICS = [
  "docs",
  "static",
  "file",
  "app",
  "metrics",
  "account",
  "settings",
  "signup",
  "login",
  "v1",
];

export const ntfySettings = z.object({
  /** Of ntfy.sh or of a server of the owner's: where it leads is the guarded dial's to judge. */
  server: z
    .string()
    .max(300)
    .refine(isServer, "This is not the address of an ntfy server (https://ntfy.sh).")
    .default("https://ntfy.sh"),
  /** Who knows it can read along: a secret. */
  topic: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "A topic has 1 to 64 letters, digits, _ or -.")
    .refine((topic) => !RESERVED_TOPICS.includes(topic), "ntfy keeps this topic for itself."),
  token: z
    .string()
    .regex(/^tk_[A-Za-z0-9]{10,60}$/, "This is not an access token of ntfy (tk_…).")
    .optional(),
});
export type NtfySettings = z.infer<typeof ntfySettings>;

export function shownNtfy({ server, topic }: NtfySettings): string {
  return `${new URL(server).host}, topic ${topic.slice(0, 2)}…`;
}

function isServer(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === "";
}
