import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from './schema.ts';

// Writes schema.graphql. With --check it writes nothing, and fails if the file is out of date.

const file = fileURLToPath(new URL('../../schema.graphql', import.meta.url));
const printed = `${printSchema(lexicographicSortSchema(buildSchema()))}\n`;

if (process.argv.includes('--check')) check();
else writeFileSync(file, printed);

function check(): void {
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (written === printed) return;
  const [old, now] = [written.split('\n'), printed.split('\n')];
  const line = now.findIndex((text, index) => text !== old[index]);
  process.stderr.write(
    `schema.graphql is out of date from line ${line + 1}:\n- ${old[line] ?? ''}\n+ ${now[line] ?? ''}\nRun \`npm run schema\` to write it.\n`,
  );
  process.exitCode = 1;
}
