import type { Allowance } from './allowance.ts';

type Chunks = AsyncIterable<Uint8Array | string>;

/** The beginning of a stream, and the whole stream. */
interface Peeked {
  readonly head: Buffer;
  readonly whole: AsyncIterable<Buffer>;
}

/** Reads at least `count` bytes (or all, if there are fewer), which `whole` begins with. */
export async function peek(stream: Chunks, count: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  for (let size = 0; size < count; ) {
    const next = await iterator.next();
    if (next.done === true) break;
    const chunk = toBuffer(next.value);
    chunks.push(chunk);
    size += chunk.length;
  }
  return { head: Buffer.concat(chunks), whole: joined(chunks, iterator) };
}

async function* joined(chunks: readonly Buffer[], rest: AsyncIterator<Uint8Array | string>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield toBuffer(next.value);
  } finally {
    // Whoever stops early closes what the bytes come from.
    await rest.return?.();
  }
}

function toBuffer(chunk: Uint8Array | string): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** All bytes of one file. Throws ImportRefused as soon as there are too many. `counted`: they were counted on their way. */
export async function collect(stream: Chunks, path: string, allowance: Allowance, counted = false): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    const chunk = toBuffer(piece);
    size += chunk.length;
    if (size > allowance.limits.fileBytes) allowance.refuseFile(path);
    if (!counted) allowance.takeBytes(chunk.length, path);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** UTF-8, or UTF-16 with a byte order mark, as `>` writes it in Windows PowerShell. */
export function decodeText(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
