// What `npm pack` needs beside the files in git, made before packing and taken away after it:
//
//   npm-shrinkwrap.json   the part of package-lock.json that runs in production, so that who installs the package gets the
//                         versions that were tested
//   package.json          without what only a clone can use (scripts, development's packages), with the command as `bin`
//   LICENSE, SECURITY.md, CHANGELOG.md   from .package/
//
//   node .config/pack.mjs before | after
//
// In a clone `bin` would make npx install the project into its cache before it runs anything: .config/build.mjs links the
// command there instead.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { productionPart } from './production.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = join(ROOT, 'package.json');
const KEPT = join(ROOT, '.cache/package.json');
const SHRINKWRAP = join(ROOT, 'npm-shrinkwrap.json');
const ADDED = readdirSync(join(ROOT, '.package'));

function restore() {
  if (existsSync(KEPT)) renameSync(KEPT, PACKAGE);
  for (const name of ADDED) rmSync(join(ROOT, name), { force: true });
  rmSync(SHRINKWRAP, { force: true });
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** package.json as the package has it. */
function packed(manifest) {
  const { devDependencies: _development, knip: _knip, scripts: _scripts, allowScripts: _allowed, ...rest } = manifest;
  return { ...rest, bin: { rolegate: 'dist/cli/main.js' }, scripts: { start: 'node dist/server/main.js' } };
}

function prepare() {
  // A packing that was killed has left its own behind.
  restore();
  const manifest = packed(readJson(PACKAGE));
  mkdirSync(dirname(KEPT), { recursive: true });
  copyFileSync(PACKAGE, KEPT);
  writeJson(SHRINKWRAP, productionPart(readJson(join(ROOT, 'package-lock.json')), manifest));
  writeJson(PACKAGE, manifest);
  for (const name of ADDED) copyFileSync(join(ROOT, '.package', name), join(ROOT, name));
}

if (process.argv[2] === 'before') prepare();
else restore();
