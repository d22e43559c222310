/** Cleans what is kept of an endpoint's answer: one line, short, and nothing in it that opens a door. */

export const EVIDENCE_CHARS_MAX = 500;

const SECRET = "[redacted]";

/** Each pattern keeps its first group and replaces the rest. Order matters: whole tokens before their parts. */
const SECRETS: readonly RegExp[] = [
  /(\b(?:set-)?cookie\s*[:=]\s*)[^\r\n]*/gi,
  /(\bauthorization["']?\s*[:=]\s*["']?)(?:[a-z]+\s+)?[^\s"',;]+/gi,
  /(\b(?:bearer|basic)\s+)[a-z0-9._~+/=-]{6,}/gi,
  /()\beyJ[\w-]{5,}\.[\w-]*\.?[\w-]*/g,
  /()\b(?:sk|pk|rk|ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs]|whsec|AKIA|ASIA|AIza)[-_]?[\w-]{10,}/g,
  /(\b[\w-]*(?:token|secret|password|passwd|api[-_]?key|access[-_]?key|session[-_]?id|signature)["']?\s*[:=]\s*["']?)[^\s"',;&<>]+/gi,
  /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi,
  /(-----BEGIN [A-Z ]+-----)[\s\S]*?(?:-----END|$)/g,
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * A redacted excerpt of at most 500 characters. `secrets` are the values this probe itself carried: they go first,
 * wherever an endpoint echoes them.
 */
export function redactExcerpt(text: string, secrets: readonly string[] = []): string {
  // Twice the kept length is looked at, so that a secret cut by the bound is still recognised as one.
  let excerpt = text.slice(0, EVIDENCE_CHARS_MAX * 4);
  for (const secret of secrets) {
    if (secret.length >= 4) {
      excerpt = excerpt.replaceAll(secret, SECRET);
    }
  }
  for (const pattern of SECRETS) {
    excerpt = excerpt.replace(pattern, `$1${SECRET}`);
  }
  excerpt = excerpt.toWellFormed().replace(CONTROL, " ").replace(/\s+/g, " ").trim();
  return excerpt.length > EVIDENCE_CHARS_MAX
    ? `${excerpt.slice(0, EVIDENCE_CHARS_MAX - 1).toWellFormed()}…`
    : excerpt;
}
