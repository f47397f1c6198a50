import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { SourceFile } from '../importing/source-file.ts';
import { expectedOf } from '../server/import-files/content.ts';

/** Files in one archive, and what each is called here. */
export interface Archive {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** Names in the archive that are not those that the user knows. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** Characters, and folders, that a gateway takes. */
const MAX_NAME = 1000;
const MAX_PARTS = 30;

/** Packs files into a tar.gz as they come. It is held in memory, a tenth of what they hold; of them, one at a time. */
export async function packFiles(files: AsyncIterable<SourceFile> | Iterable<SourceFile>): Promise<Archive> {
  const tar = pack();
  const zipped = createGzip({ level: 1 });
  tar.on('error', (error) => zipped.destroy(error));
  // Its own types do not say that it is a stream of Node's form.
  (tar as unknown as NodeJS.ReadableStream).pipe(zipped);
  const chunks: Buffer[] = [];
  const collected = (async () => {
    for await (const chunk of zipped) chunks.push(chunk as Buffer);
  })();
  const names = new Names();
  try {
    for await (const { path, text } of files) {
      const bytes = Buffer.from(text);
      await new Promise<void>((resolve, reject) => {
        const entry = tar.entry({ name: names.nameFor(path), size: bytes.length }, (error) =>
          error == null ? resolve() : reject(error),
        );
        entry.end(bytes);
      });
    }
    tar.finalize();
    await collected;
  } catch (error) {
    tar.destroy();
    zipped.destroy();
    await collected.catch(() => undefined);
    throw error;
  }
  return { chunks, bytes: chunks.reduce((sum, { length }) => sum + length, 0), renamed: names.renamed };
}

class Names {
  readonly renamed = new Map<string, string>();
  readonly #used = new Set<string>();

  /** As much of the path as an archive may name: it cannot be absolute, or point out of it. Its end says what it is. */
  nameFor(path: string): string {
    const parts = path
      .replace(/^[a-z]:/i, '')
      .split(/[\\/]/)
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .slice(-MAX_PARTS);
    while (parts.length > 1 && parts.join('/').length > MAX_NAME) parts.shift();
    const end = (parts.pop() ?? '').replace(/^\._/, '_').replaceAll('\0', '').slice(-MAX_NAME);
    parts.push(expectedOf(end) === 'json' ? end : `${end}.json`);
    let name = parts.join('/');
    for (let count = 2; this.#used.has(name); count++) name = [String(count), ...parts].join('/');
    this.#used.add(name);
    if (name !== path) this.renamed.set(name, path);
    return name;
  }
}
