/**
 * Says after a child's death which probes it worked on last. The child notes a dispatch every time it is about to
 * spend CPU on it (it starts, a step ends, bytes arrive); the note is one `pwrite` of 64 bytes into an unlinked file
 * whose descriptor the supervisor holds, so it survives a SIGKILL, a crash and a stalled loop, and costs about 2 µs.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Dispatches remembered; a stalled loop touches nothing more, so the culprit is among the last few. */
export const RECORDED_DISPATCHES = 16;
const BYTES = RECORDED_DISPATCHES * 4;

/** Writes dispatch numbers (1 … 2³²−1) in a ring into `fd`. */
export function createFlightRecorder(fd: number): (dispatch: number) => void {
  const ring = new Uint32Array(RECORDED_DISPATCHES);
  let at = 0;
  let last = 0;
  return (dispatch) => {
    if (dispatch === last) {
      return;
    }
    last = dispatch;
    at = (at + 1) % RECORDED_DISPATCHES;
    ring[at] = dispatch;
    ring[(at + 1) % RECORDED_DISPATCHES] = 0;
    writeSync(fd, ring, 0, BYTES, 0);
  };
}

export interface FlightRecording {
  readonly fd: number;
  /** The dispatches noted last, newest first, each once. */
  read(): readonly number[];
  close(): void;
}

/** Opens the supervisor's end; nothing of it is left in the file system. */
export function openFlightRecording(): FlightRecording {
  const path = join(tmpdir(), `alivemcp-${process.pid}-${performance.now()}.flight`);
  const fd = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return {
    fd,
    read() {
      const ring = new Uint32Array(RECORDED_DISPATCHES);
      readSync(fd, ring, 0, BYTES, 0);
      const end = ring.indexOf(0);
      const oldestFirst = end < 0 ? [...ring] : [...ring.subarray(end + 1), ...ring.subarray(0, end)];
      return [...new Set(oldestFirst.filter((dispatch) => dispatch > 0).toReversed())];
    },
    close: () => closeSync(fd),
  };
}
