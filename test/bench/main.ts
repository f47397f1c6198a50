/**
 * npm run bench: the engine beside a plain loop over the same documents and beside other engines, alternating in one
 * process, in seconds of CPU. Figures are ratios of one run; the machine is what it is.
 */
import { type NaiveRequest, naiveAuthorize } from '../support/naive-evaluator.ts';
import { ask, batches, explanationOf, prepareEngine, statementsOf, textsOf } from './engine.ts';
import { printGrowth } from './growth.ts';
import { latency } from './latency.ts';
import {
  atLeast,
  atMost,
  checksumNow,
  median,
  QUICK,
  type Ratio,
  ROUNDS,
  rates,
  round,
  seconds,
  type Work,
} from './measure.ts';
import { patterns } from './patterns.ts';
import { peers } from './peers.ts';
import { type BenchRequest, ISSUE_SIZE, makeWorld, plainRequest } from './world.ts';

const world = makeWorld({ ...ISSUE_SIZE, requests: QUICK ? 30_000 : ISSUE_SIZE.requests });
const { requests } = world;
const SLOW = QUICK ? 1500 : 3000;

const texts = textsOf(world);
const compiling = Array.from({ length: ROUNDS + 1 }, () =>
  seconds(() => prepareEngine(world, texts).principals.length),
);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const engine = prepareEngine(world, texts);
globalThis.gc?.();
const compiled = process.memoryUsage().heapUsed;

const plain: readonly NaiveRequest[] = requests.slice(0, SLOW).map((request) => plainRequest(world, request));
checkAgreement();

const over = (name: string, list: readonly BenchRequest[], read: (request: BenchRequest) => number): Work => ({
  name,
  count: list.length,
  run: () => {
    let found = 0;
    for (const request of list) found += read(request);
    return found;
  },
});
const effect = (request: BenchRequest): number => (ask(engine, request).allowed ? 1 : 0);
const named = (request: BenchRequest): number => statementsOf(ask(engine, request));
const explained = (request: BenchRequest): number => explanationOf(ask(engine, request));
const of50 = batches(world, 50);
const of1000 = batches(world, 1000);
const PLAIN = 'plain loop';
const ONE = 'one at a time, layer and statements read';
const BATCH = 'batches of 50, layer and statements read';
const EXPLAINED = 'one at a time, explanation of every layer read';
const ONE_EFFECT = 'one at a time, effect alone';

const measured = rates([
  {
    name: PLAIN,
    count: SLOW,
    run: () => plain.reduce((sum, q) => sum + (naiveAuthorize(q).effect === 'ALLOWED' ? 1 : 0), 0),
  },
  over(ONE, requests, named),
  over(ONE_EFFECT, requests, effect),
  over(BATCH, of50, named),
  over('batches of 50, effect alone', of50, effect),
  over('batches of 1,000, layer and statements read', of1000, named),
  over('batches of 1,000, effect alone', of1000, effect),
  over(EXPLAINED, requests.slice(0, SLOW * 4), explained),
]);
const held = heldAfter();
const times = (name: string): number => (measured.get(name) ?? 0) / (measured.get(PLAIN) ?? 1);
console.table(
  [...measured].map(([name, rate]) => ({ name, 'decisions/s': Math.round(rate), 'x plain loop': round(times(name)) })),
);

const { p50, p99 } = latency(requests.length, (i) => named(requests[i] as BenchRequest));
const seconds1 = median(compiling.slice(1));
const million = 1_000_000 / (measured.get(ONE) ?? 1);
const perPrincipal = (bytes: number): string => (bytes / world.principals.length / 1024).toFixed(1);
console.log(
  `p50 ${p50.toFixed(2)} us, p99 ${p99.toFixed(2)} us; compiled in ${(seconds1 * 1000).toFixed(0)} ms ` +
    `(the first time ${((compiling[0] ?? 0) * 1000).toFixed(0)}); ` +
    `KiB a principal: ${perPrincipal(compiled - before)} compiled, ${perPrincipal(held - before)} after all requests`,
);

printGrowth();
const summary: readonly Ratio[] = [
  atLeast('one at a time / plain loop', times(ONE), 15),
  atLeast('batches of 50 / plain loop', times(BATCH), 30),
  atLeast('explanation of every layer / plain loop', times(EXPLAINED), 3),
  atMost('p99 / p50', p99 / p50, 5),
  atMost('compiling everything / a million decisions', seconds1 / million, 0.1),
  ...patterns(),
  ...(await peers(world)),
];
console.table(summary);
console.log(`checksum ${checksumNow()}`);

function heldAfter(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function checkAgreement(): void {
  const tally = new Map<string, number>();
  for (const request of requests) {
    const decision = ask(engine, request).effect;
    tally.set(decision, (tally.get(decision) ?? 0) + 1);
  }
  const differ = plain.filter((q, i) => naiveAuthorize(q).effect !== ask(engine, requests[i] as BenchRequest).effect);
  const shares = [...tally].map(([name, count]) => `${name} ${((count / requests.length) * 100).toFixed(1)} %`);
  console.log(
    `${requests.length} requests: ${shares.join(', ')}; ${differ.length} of ${SLOW} differ from the plain loop`,
  );
  if (differ.length > 0) throw new Error('the engine and the plain loop disagree');
}
