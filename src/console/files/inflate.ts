import type { Allowance } from './bounds.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What compressed bytes hold, and no more than is allowed. Throws NotTaken, and a TypeError for what is broken. */
export async function inflated(bytes: Bytes, format: 'gzip' | 'deflate-raw', allowance: Allowance): Promise<Bytes> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const chunks: Bytes[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      allowance.take(value.length);
      chunks.push(value);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
