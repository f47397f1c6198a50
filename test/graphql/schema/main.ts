import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GUARDS } from '../../../src/graphql/guards/table.ts';
import { buildSchema } from '../../../src/graphql/schema.ts';
import { breakingChanges, noticeableChanges, unnamedChanges, type Version } from './changes.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { lint } from './lint.ts';

// Holds the schema against its rules, and lists what breaks clients: from the last commit to the working tree, and from the
// commit before to the last one, so that a clean checkout shows its own changes. Fails for what the changelog does not name.

const root = fileURLToPath(new URL('../../../', import.meta.url));

const faults = lint(buildSchema(), Object.keys(GUARDS), EXCEPTIONS);
for (const fault of faults) process.stderr.write(`${fault}\n`);

const working: Version = { schema: fileOf('schema.graphql'), readme: fileOf('src/README.md') };
const head = committed('HEAD');
const unnamed = [
  compare('since the last commit', head, working),
  // By the changelog as it is now, so that one that was forgotten can be written before it is committed.
  compare('by the last commit', committed('HEAD^'), { ...(head ?? working), readme: working.readme }),
];
if (faults.length > 0 || unnamed.includes(false)) process.exitCode = 1;

function fileOf(name: string): string {
  return readFileSync(`${root}${name}`, 'utf8');
}

/** Null: there is no git, no such commit (a shallow clone has no parents), or no schema in it. */
function committed(commit: string): Version | null {
  const show = (name: string): string =>
    execFileSync('git', ['show', `${commit}:./${name}`], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
  try {
    return { schema: show('schema.graphql'), readme: show('src/README.md') };
  } catch {
    return null;
  }
}

/** False: the changelog does not name all that breaks. */
function compare(when: string, before: Version | null, after: Version): boolean {
  if (before === null) {
    process.stdout.write(`changes of the schema ${when}: nothing to compare with\n`);
    return true;
  }
  const breaking = breakingChanges(before.schema, after.schema);
  const noticeable = noticeableChanges(before.schema, after.schema);
  const missing = unnamedChanges(before, after);
  process.stdout.write(`changes of the schema ${when}: ${breaking.length} break clients\n`);
  for (const { message } of breaking) process.stdout.write(`  breaking: ${message}\n`);
  for (const message of noticeable) process.stdout.write(`  noticeable: ${message}\n`);
  for (const { element } of missing) {
    process.stderr.write(
      `src/README.md, "Changelog of the schema", does not name \`${element}\`, which breaks clients\n`,
    );
  }
  return missing.length === 0;
}
