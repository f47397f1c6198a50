// Which room of src/ imports which (.dependency-cruiser.cjs), both ways: no import that the table does not name, and no pair
// in the table without an import. A tool that looked at nothing must not be green: the number of modules it read is checked
// against the number of files there are.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cruise, format } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const { output: found } = await cruise(
  ['src'],
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const result = await format(found, { outputType: 'err' });
process.stdout.write(String(result.output));
if (result.exitCode !== 0) process.exitCode = 1;

const roomOf = (path) => /^src\/(\w+)\//.exec(path)?.[1];
const used = new Set(
  found.modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => `${roomOf(source)} -> ${roomOf(resolved)}`),
  ),
);
for (const [room, imports] of Object.entries(config.rooms)) {
  for (const imported of imports) {
    if (used.has(`${room} -> ${imported}`)) continue;
    process.stdout.write(
      `layers: src/${room} imports nothing of src/${imported} any more: take the pair out of the table\n`,
    );
    process.exitCode = 1;
  }
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.startsWith('generated'),
).length;
const read = found.modules.filter(({ source }) => /^src\/(?!generated\/).*\.ts$/.test(source)).length;
if (read < files) {
  process.stdout.write(`layers: only ${read} modules were read, but src/ has ${files} files\n`);
  process.exitCode = 1;
}
