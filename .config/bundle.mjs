// Joins the modules of the gateway and of the command line into few files, in dist/: finding, reading and linking a thousand files
// took a quarter of the CPU of a start. Packages stay as npm has installed them, and every module stays in dist/ by itself as well:
// worker threads and tests begin at others.
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/** What is started, below dist/; each keeps its place. */
const ENTRIES = ['server/main', 'cli/main'];

/** Modules find files beside them by `import.meta.url`, also when they have been moved into a joined file, one folder below dist/. */
function placesBelow(dist) {
  return {
    name: 'places',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const place = JSON.stringify(`../${relative(dist, path).split(sep).join('/')}`);
        return {
          contents: text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`),
          loader: 'js',
        };
      });
    },
  };
}

/** Replaces the entries in `dist`, a folder of compiled modules. */
export async function bundlePrograms(dist) {
  await build({
    entryPoints: Object.fromEntries(ENTRIES.map((entry) => [entry, join(dist, `${entry}.js`)])),
    absWorkingDir: dist,
    outdir: dist,
    chunkNames: 'joined/[name]-[hash]',
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'error',
    plugins: [placesBelow(dist)],
  });
}
