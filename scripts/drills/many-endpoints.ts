/** Many endpoints in one process: the same stub under many paths, registered with the API of a copy. */
import { openStub } from "../bench/open-stub.ts";

export interface ManyEndpoints {
  readonly urls: readonly string[];
  /** Throws when the API refuses one. */
  register(api: { apiUrl: string; operatorKey: string }): Promise<void>;
  close(): void;
}

export async function openManyEndpoints(input: { host: string; count: number }): Promise<ManyEndpoints> {
  const stub = await openStub({ delayMs: 0, host: input.host });
  const urls = Array.from({ length: input.count }, (_, n) => `http://${input.host}:${stub.port}/${n}/mcp`);
  return {
    urls,
    async register({ apiUrl, operatorKey }) {
      for (const url of urls) {
        const response = await fetch(`${apiUrl}/v1/endpoints`, {
          method: "POST",
          headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
          body: JSON.stringify({ url }),
        });
        if (response.status !== 201) {
          throw new Error(`the API answered ${response.status} to ${url}: ${await response.text()}`);
        }
      }
    },
    close: () => void stub.close(),
  };
}
