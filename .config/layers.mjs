// The import direction of src/ (.dependency-cruiser.cjs). A tool that looked at nothing must not be green: the number of
// modules it read is checked against the number of files there are.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const result = await cruise(
  process.argv.length > 2 ? process.argv.slice(2) : ['src'],
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true, outputType: 'err' },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
process.stdout.write(String(result.output));

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.startsWith('generated'),
).length;
const read = Number(/(\d+) modules/.exec(String(result.output))?.[1] ?? 0);
if (read < files) {
  process.stdout.write(`layers: only ${read} modules were read, but src/ has ${files} files\n`);
  process.exitCode = 1;
}
if (result.exitCode !== 0) process.exitCode = 1;
