// npm run bench: installs what the engine is compared with (test/bench/package.json) and measures. Options go to the
// measuring process, e.g. `npm run bench -- --cpu-prof`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('../test/bench/', import.meta.url));
const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) process.exit(status ?? 1);
};
if (!existsSync(`${bench}node_modules`)) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], bench);
// cedar-wasm aborts Node 20 now and then without the flag ("unreachable code" in the deoptimizer).
const flags = ['--no-turbo-inline-js-wasm-calls', '--expose-gc', '--import', 'tsx', ...process.argv.slice(2)];
run(process.execPath, [...flags, `${bench}main.ts`], fileURLToPath(new URL('..', import.meta.url)));
