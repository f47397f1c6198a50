import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { BAR_STYLE } from './bar.ts';
import { BAR_SCRIPT } from './bar-script.ts';
import { BOOT_SCRIPT, EDITOR_SCRIPT } from './boot-script.ts';

const compress = promisify(gzip);

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Compressed at the first request, then kept. */
  gzipped?: Promise<Buffer>;
}

/** GraphiQL's files, and the part of their path that changes with their content, so that they can be cached forever. */
export interface GraphiqlAssets {
  readonly hash: string;
  readonly names: readonly string[];
  get(name: string): { readonly type: string; readonly body: Buffer; gzipped(): Promise<Buffer> } | null;
}

/**
 * GraphiQL 5 leaves the transforms of an animation on the tabs that it opens with, and removes them while a tab is pressed:
 * the tab jumps away under the mouse, and the click is lost.
 */
const STYLE = '\n.graphiql-tabs .graphiql-tab { transform: none !important; }\n';

let loading: Promise<GraphiqlAssets> | undefined;

/** Loaded when GraphiQL is opened, not at start: the package is 9 MB of JavaScript strings. */
export function graphiqlAssets(): Promise<GraphiqlAssets> {
  loading ??= load();
  return loading;
}

async function load(): Promise<GraphiqlAssets> {
  const source = await import('@graphql-yoga/render-graphiql/graphiql');
  const script = 'text/javascript; charset=utf-8';
  const assets = new Map<string, Asset>([
    ['graphiql.js', { type: script, body: Buffer.from(source.js) }],
    ['graphiql.css', { type: 'text/css; charset=utf-8', body: Buffer.from(source.css + STYLE + BAR_STYLE) }],
    ['editor.worker.js', { type: script, body: Buffer.from(source.editorWorkerService) }],
    ['json.worker.js', { type: script, body: Buffer.from(source.jsonWorker) }],
    ['graphql.worker.js', { type: script, body: Buffer.from(source.graphqlWorker) }],
    ['editor.js', { type: script, body: Buffer.from(EDITOR_SCRIPT) }],
    ['bar.js', { type: script, body: Buffer.from(BAR_SCRIPT) }],
    ['boot.js', { type: script, body: Buffer.from(BOOT_SCRIPT) }],
  ]);
  const hash = createHash('sha256');
  for (const [name, { body }] of assets) hash.update(`\0${name}\0`).update(body);
  return {
    hash: hash.digest('hex').slice(0, 16),
    names: [...assets.keys()],
    get(name) {
      const asset = assets.get(name);
      if (asset === undefined) return null;
      const gzipped = () => (asset.gzipped ??= compress(asset.body));
      return { type: asset.type, body: asset.body, gzipped };
    },
  };
}
