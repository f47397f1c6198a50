import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder that has these versions of packages: too large to be installed with the project, fetched once, and kept from run to run. */
export async function fetchedPackages(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const folder = fileURLToPath(new URL(`../../.cache/${name}/`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  const wanted = JSON.stringify({ private: true, dependencies });
  const file = join(folder, 'package.json');
  const isThere = existsSync(join(folder, 'node_modules/.package-lock.json'));
  if (isThere && readFileSync(file, 'utf8') === wanted) return folder;
  writeFileSync(file, wanted);
  const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  await promisify(execFile)('npm', words, { cwd: folder });
  return folder;
}
