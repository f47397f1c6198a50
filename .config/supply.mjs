// Checks what the project is made of: every entry of package-lock.json has an integrity and names no host, and whatever runs
// in production is under a licence that asks nothing of who runs it. Prints the number of packages.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { productionPaths } from './production.mjs';

/** Licences (SPDX) of packages that may run in production. */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'PostgreSQL',
]);

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const { '': root, ...rest } = packages;
const production = productionPaths(packages, root);
const faults = [
  ...Object.entries(rest)
    .filter(([, entry]) => !/^sha512-[\w+/]{86}==$/.test(entry.integrity ?? ''))
    .map(([path]) => `${path} has no integrity: add \`npm view <name>@<version> dist.integrity\``),
  ...Object.entries(rest)
    .filter(([, entry]) => entry.resolved !== undefined)
    .map(([path]) => `${path} names the host that it came from`),
  ...production
    .filter((path) => !LICENCES.has(packages[path].license))
    .map((path) => `${path} runs in production under ${packages[path].license ?? 'no licence'}`),
];
for (const fault of faults) process.stderr.write(`package-lock.json: ${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
else process.stdout.write(`${Object.keys(rest).length} packages, ${production.length} of them in production\n`);
