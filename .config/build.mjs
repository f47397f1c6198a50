// Makes what is not in git: src/generated/ (Prisma's client, the catalogue in its compact form, the console's questions) and
// dist/ (src/ as JavaScript, the console as browsers get it). Types are checked by `npm run check`, not here, so that installing takes seconds. Every part is made again
// only if what it is made from has changed.
//
//   node .config/build.mjs            both
//   node .config/build.mjs generate   src/generated/ alone
//   node .config/build.mjs start      both, and says so if dist/ had to be made again (before `npm start`)
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundlePrograms } from './bundle.mjs';
import { clientFiles } from './client.mjs';
import { bundleConsole, generateQuestions } from './console.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
const GENERATED = join(SRC, 'generated');
const CLIENT = join(SRC, 'client');
const CONSOLE = join(SRC, 'console');
const SCHEMA = join(ROOT, 'schema.graphql');

/** May be run, by everybody. */
const EXECUTABLE = 0o111;

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

/** SHA-256 over names and contents. */
function fingerprint(paths) {
  const hash = createHash('sha256').update(process.platform);
  for (const path of paths) hash.update(`\0${relative(ROOT, path)}\0`).update(readFileSync(path));
  return hash.digest('hex');
}

/** Does `make` unless `stamp` says that it was done with the same inputs. Answers whether it was done now. */
async function whenChanged(stamp, inputs, output, make) {
  const now = fingerprint(inputs);
  if (existsSync(stamp) && existsSync(output) && readFileSync(stamp, 'utf8') === now) return false;
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}

function run(file, args, environment) {
  const done = spawnSync(process.execPath, [file, ...args], { cwd: ROOT, env: environment, encoding: 'utf8' });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout}${done.stderr}`);
  throw new Error(`${relative(ROOT, file)} ${args.join(' ')} failed`);
}

function generatePrismaClient() {
  run(join(ROOT, 'node_modules/prisma/build/index.js'), ['generate', '--no-hints'], {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    // Generating needs no engine; naming any file that exists keeps Prisma from downloading one.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
  });
}

async function generate() {
  const packages = join(ROOT, 'package-lock.json');
  const self = fileURLToPath(import.meta.url);
  await whenChanged(
    join(GENERATED, '.prisma-made-from'),
    [join(ROOT, 'prisma/schema.prisma'), join(ROOT, '.config/prisma.ts'), packages, self],
    join(GENERATED, 'prisma/client.ts'),
    generatePrismaClient,
  );
  const catalog = join(ROOT, '.config/catalog.mjs');
  await whenChanged(
    join(GENERATED, '.catalog-made-from'),
    [catalog, packages, ...filesBelow(join(SRC, 'catalog/data'))],
    join(GENERATED, 'catalog.jsonl'),
    () => run(catalog, [], process.env),
  );
  const questions = join(CONSOLE, 'questions');
  const typed = join(GENERATED, 'console/questions.ts');
  const ofQuestions = filesBelow(questions).filter((path) => path.endsWith('.graphql'));
  await whenChanged(
    join(GENERATED, '.questions-made-from'),
    [SCHEMA, packages, join(ROOT, '.config/console.mjs'), ...ofQuestions],
    typed,
    () => generateQuestions(SCHEMA, questions, typed),
  );
}

/** The types of a file, which names all that it exports. They stand beside the JavaScript that they are about. */
function declarationOf(ts, path, options) {
  const compilerOptions = { ...options, noEmit: false, declaration: true, isolatedDeclarations: true };
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(path, 'utf8'), {
    fileName: path,
    compilerOptions,
    reportDiagnostics: true,
  });
  const [fault] = diagnostics ?? [];
  if (fault !== undefined) {
    throw new Error(`${relative(ROOT, path)}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
  }
  return outputText.replaceAll(/(from '\.\/[^']+)\.ts'/g, "$1.js'");
}

/** Into a folder of its own, which then takes the place of dist/: nobody meets a half-made one. */
async function compile() {
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const target = `${DIST}.${process.pid}`;
  rmSync(target, { recursive: true, force: true });
  for (const path of filesBelow(SRC)) {
    const out = join(target, relative(SRC, path));
    if (/(\.d\.ts|\.md|tsconfig[^/]*\.json|-made-from)$/.test(path) || isOfBrowsers(path)) continue;
    mkdirSync(dirname(out), { recursive: true });
    if (!path.endsWith('.ts')) {
      copyFileSync(path, out);
      continue;
    }
    // One file at a time the compiler does not see package.json: every file is an ECMAScript module.
    const compilerOptions = { ...options, noEmit: false, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { fileName: path, compilerOptions });
    writeFileSync(out.replace(/\.ts$/, '.js'), outputText);
    if (path.startsWith(CLIENT)) writeFileSync(out.replace(/\.ts$/, '.d.ts'), declarationOf(ts, path, options));
  }
  for (const [name, text] of Object.entries(clientFiles(readFileSync(SCHEMA, 'utf8')))) {
    writeFileSync(join(target, 'client', name), text);
  }
  await bundleConsole({
    root: ROOT,
    source: CONSOLE,
    questions: join(GENERATED, 'console/questions.ts'),
    target: join(target, 'console'),
  });
  await bundlePrograms(target);
  rmSync(DIST, { recursive: true, force: true });
  renameSync(target, DIST);
}

/** Goes into the console's bundle, and is no module of Node. */
function isOfBrowsers(path) {
  return path.startsWith(join(CONSOLE, sep)) || path.startsWith(join(GENERATED, 'console', sep));
}

/**
 * With this, `npx rolegate` finds the command. Named as `bin` in package.json instead, npx would install the project into
 * its cache before it runs anything.
 */
function linkCommand() {
  const command = join(DIST, 'cli/main.js');
  const folder = join(ROOT, 'node_modules/.bin');
  if (!existsSync(command) || !existsSync(folder)) return;
  // Whoever only reads the clone may start it, but not change it.
  if ((statSync(command).mode & EXECUTABLE) !== EXECUTABLE) chmodSync(command, 0o755);
  if (process.platform === 'win32') {
    writeFileSync(join(folder, 'rolegate.cmd'), `@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n`);
    return;
  }
  const link = join(folder, 'rolegate');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  symlinkSync('../../dist/cli/main.js', link);
}

async function build(isStart) {
  await generate();
  const self = fileURLToPath(import.meta.url);
  const makers = [self, ...['bundle', 'client', 'console'].map((name) => join(dirname(self), `${name}.mjs`))];
  const inputs = [...filesBelow(SRC), SCHEMA, join(ROOT, 'tsconfig.json'), ...makers];
  const existed = existsSync(DIST);
  const made = await whenChanged(join(DIST, '.made-from'), inputs, join(DIST, 'server/main.js'), compile);
  linkCommand();
  if (made && isStart) {
    process.stdout.write(`${existed ? 'src/ has changed: dist/ was compiled again' : 'compiled src/ to dist/'}\n`);
  }
}

try {
  if (process.argv[2] === 'generate') await generate();
  else await build(process.argv[2] === 'start');
} catch (error) {
  process.stderr.write(`build: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
