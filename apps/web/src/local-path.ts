/**
 * The path to go to after signing in, when it is one of ours; `/` for everything else. Refuses what a browser would
 * read as another host (`//evil.example`, `/\evil.example`, `https:evil.example`, tabs and line breaks in between).
 */
export function localPath(next: string | undefined): string {
  const base = "https://app.invalid";
  if (
    next === undefined ||
    next.length > 2_048 ||
    !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) ||
    next.includes("\\")
  ) {
    return "/";
  }
  const url = URL.parse(next, base);
  return url !== null && url.origin === base && !url.pathname.startsWith("//")
    ? `${url.pathname}${url.search}${url.hash}`
    : "/";
}
