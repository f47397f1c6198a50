// npm run bench: installs what the engine is compared with (test/bench/package.json), compiles engine and benchmark to
// JavaScript as `npm run build` does (what users run, without a loader) and measures. `--quick` takes half a minute; other
// options go to Node, e.g. `npm run bench -- --cpu-prof`. `npm run bench -- import` measures instead how fast a directory takes
// an organization in, `npm run bench -- find` how fast it finds in 100,000 principals, `npm run bench -- doors` what a request
// costs at AWS's door beside that of GraphQL, `npm run bench -- http` what a decision costs from HTTP to the evaluator,
// `npm run bench -- lists` what lists and effective permissions cost, `npm run bench -- memory` how much memory decisions take.
// `npm run bench -- audit` what a million events and ended sessions cost.
// `npm run bench -- sets` what questions about sets cost (`--large`: also at 100,000 principals).
// `npm run bench -- size` what a directory of 100,000 principals costs (`--small`: whether that can still be measured).
// `npm run bench -- hostile` how long others wait while the gateway answers the worst requests (`--only=PATTERN`: some of them).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BENCH = join(ROOT, 'test/bench');
// Below node_modules, where the peers are found and git does not look.
const OUT = join(BENCH, 'node_modules/.compiled');
const FOLDERS = ['src/policy', 'src/policy/compare', 'src/evaluation', 'test/bench', 'test/support'];

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) process.exit(status ?? 1);
};

function compile() {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const compilerOptions = { ...options, noEmit: false, module: ts.ModuleKind.ESNext };
  rmSync(OUT, { recursive: true, force: true });
  for (const folder of FOLDERS) {
    mkdirSync(join(OUT, folder), { recursive: true });
    for (const name of readdirSync(join(ROOT, folder)).filter((one) => /(?<!\.test)\.ts$/.test(one))) {
      const fileName = join(folder, name);
      const { outputText } = ts.transpileModule(readFileSync(join(ROOT, fileName), 'utf8'), {
        fileName,
        compilerOptions,
      });
      writeFileSync(join(OUT, dirname(fileName), name.replace(/\.ts$/, '.js')), outputText);
    }
  }
  writeFileSync(join(OUT, 'package.json'), '{"type":"module"}\n');
}

const [what] = process.argv.slice(2);
if (['import', 'find', 'doors', 'http', 'lists', 'memory', 'audit', 'hostile', 'sets', 'size'].includes(what)) {
  const flags = ['--quick', '--large', '--small'];
  const given = process.argv.filter((one) => flags.includes(one) || one.startsWith('--only='));
  // The benchmark itself is loaded by tsx, the gateway as it is built.
  run(process.execPath, [join(ROOT, '.config/build.mjs')], ROOT);
  run(process.execPath, ['--import', 'tsx', join(BENCH, `${what}/main.ts`), ...given], ROOT);
  process.exit();
}
if (!existsSync(join(BENCH, 'node_modules'))) {
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], BENCH);
}
compile();
const options = process.argv.slice(2);
// cedar-wasm aborts Node 20 now and then without the flag ("unreachable code" in the deoptimizer).
const flags = ['--no-turbo-inline-js-wasm-calls', '--expose-gc', ...options.filter((one) => one !== '--quick')];
const own = options.filter((one) => one === '--quick');
run(process.execPath, [...flags, join(OUT, 'test/bench/main.js'), ...own], ROOT);
