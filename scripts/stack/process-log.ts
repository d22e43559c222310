import { closeSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** One old file is kept beside the current one. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;
/** pino's number for `warn`. */
const WARN_LEVEL = 40;
/** A line longer than this is cut: a process gone wrong must not fill our memory. */
const LINE_CHARS_MAX = 100_000;

export interface ProcessLog {
  /** Takes output as it comes, in whatever pieces. */
  write(chunk: Buffer): void;
  /** The last lines, for telling why a process did not start. */
  tail(): string;
  close(): void;
}

/**
 * Keeps a process's output in a file and shows on the terminal what a person must see: warnings and above of its
 * JSON lines, and, unless `isQuiet`, everything that is not JSON (a crash before logging began).
 */
export function openProcessLog(input: {
  path: string;
  name: string;
  isQuiet: boolean;
  show: (line: string) => void;
}): ProcessLog {
  let file = openSync(input.path, "a", 0o600);
  let bytes = statSync(input.path).size;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const last: string[] = [];

  const keep = (line: string) => {
    if (bytes > LOG_BYTES_MAX) {
      closeSync(file);
      renameSync(input.path, `${input.path}.1`);
      file = openSync(input.path, "a", 0o600);
      bytes = 0;
    }
    bytes += writeSync(file, `${line}\n`);
    last.push(line);
    if (last.length > 15) {
      last.shift();
    }
    const shown = terminalLine(line, input.isQuiet);
    if (shown !== null) {
      input.show(`${input.name}: ${shown}`);
    }
  };
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = (lines.pop() ?? "").slice(0, LINE_CHARS_MAX);
      for (const line of lines) {
        keep(line);
      }
    },
    tail: () => [...last, rest].filter((line) => line !== "").join("\n"),
    close() {
      if (rest !== "") {
        keep(rest);
      }
      closeSync(file);
    },
  };
}

/** What of a line belongs on the terminal; null: nothing. */
export function terminalLine(line: string, isQuiet: boolean): string | null {
  if (line.trim() === "") {
    return null;
  }
  try {
    const { level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
    if (typeof level !== "number") {
      return isQuiet ? null : line;
    }
    if (level < WARN_LEVEL) {
      return null;
    }
    for (const noise of ["time", "pid", "hostname", "name"]) {
      delete fields[noise];
    }
    const cause = (err as { message?: string } | undefined)?.message;
    const facts = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields).slice(0, 300)}` : "";
    return `${msg ?? ""}${cause && cause !== msg ? ` (${cause})` : ""}${facts}`;
  } catch {
    return isQuiet ? null : line;
  }
}
