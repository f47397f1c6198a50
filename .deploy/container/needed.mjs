// Which files of an installed package run, and which only whoever develops with it wants: half of them. The image is built without
// the others; a test starts the gateway on what is left (test/deploy.test.ts).
//
//   node needed.mjs FOLDER      removes the others from FOLDER, in place

import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const NOT_NEEDED = [
  // Types, maps and texts for people; licences stay.
  /\.(?:map|d\.[cm]?ts|[cm]?ts|md|markdown)$/,
  // Of Prisma: other databases than PostgreSQL, and other places than Node.
  /@prisma\/client\/runtime\/.*(?:mysql|sqlite|sqlserver|cockroachdb|small_bg|edge|react-native)/,
  /@prisma\/client\/generator-build\//,
  // The same once more, in a form that is not loaded.
  /@graphql-yoga\/render-graphiql\/cjs\//,
  /@opentelemetry\/[^/]+\/build\/(?:esm|esnext)\//,
  /@viz-js\/viz\/(?:lib\/backend|dist\/viz-global)\.js$/,
  /\/bintrees\/test\//,
];

/** `path`: below the folder of the application, with slashes. */
export function isNeeded(path) {
  return !NOT_NEEDED.some((pattern) => pattern.test(path));
}

function prune(root) {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !isNeeded(relative(root, path).replaceAll('\\', '/'))) rmSync(path);
  }
}

const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) prune(folder);
