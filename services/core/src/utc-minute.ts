/** "2026-11-21 12:03 UTC": sinks do not know where their readers are. */
export const utcMinute = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
