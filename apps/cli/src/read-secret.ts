import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly error: NodeJS.WriteStream;
}

/** Asks on the terminal for a secret and does not show what is typed or pasted; null when there is no terminal. */
export async function readSecret({ input, error }: Terminal, question: string): Promise<string | null> {
  if (!input.isTTY) {
    return null;
  }
  error.write(question);
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asked = createInterface({ input, output: muted, terminal: true });
  try {
    return await asked.question("");
  } finally {
    asked.close();
    error.write("\n");
  }
}

/** Everything on standard input, at most 64 KiB: no key is longer. */
export async function readInput(input: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > 65_536) {
      break;
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}
