/** npm run bench: the engine beside a plain loop over the same documents. Figures are ratios of one run; the machine is what it is. */
import { type NaiveRequest, naiveAuthorize } from '../support/naive-evaluator.ts';
import { ask, prepareEngine, textsOf } from './engine.ts';
import { printGrowth } from './growth.ts';
import { median, rate } from './measure.ts';
import { printPatterns } from './patterns.ts';
import { printPeers } from './peers.ts';
import { type BenchRequest, ISSUE_SIZE, makeWorld, plainRequest } from './world.ts';

const world = makeWorld(ISSUE_SIZE);
const texts = textsOf(world);
const { requests } = world;
const before = process.memoryUsage().heapUsed;
const compiled = (1 / rate(1, () => prepareEngine(world, texts))) * 1000;
const engine = prepareEngine(world, texts);
globalThis.gc?.();
const held = process.memoryUsage().heapUsed - before;

const SLOW = 3000;
const plain: readonly NaiveRequest[] = requests.slice(0, SLOW).map((request) => plainRequest(world, request));
const wrong = plain.filter(
  (q, i) => naiveAuthorize(q).effect !== ask(engine, requests[i] as BenchRequest).effect,
).length;
const tally = new Map<string, number>();
for (const request of requests) {
  const { effect } = ask(engine, request);
  tally.set(effect, (tally.get(effect) ?? 0) + 1);
}

const countAllowed = (list: readonly BenchRequest[]): number => {
  let count = 0;
  for (const request of list) if (ask(engine, request).allowed) count += 1;
  return count;
};
const one = (): number => countAllowed(requests);
/** A batch is of one principal that asks about many resources: the fast road of an enforcement point. */
const batches = (size: number): (() => number) => {
  const grouped = requests.map((request, i): BenchRequest => {
    const principal = requests[i - (i % size)]?.principal ?? 0;
    return { principal, resource: request.resource, action: request.action, context: request.context };
  });
  return () => countAllowed(grouped);
};
const explained = (): void => {
  for (let i = 0; i < SLOW; i += 1) {
    const { reason, layers, matchedStatements } = ask(engine, requests[i] as BenchRequest);
    if (reason === '' || layers.length + matchedStatements.length < 0) throw new Error('nothing read');
  }
};
const named = (): void => {
  for (const request of requests) {
    const { deniedBy, matchedStatements } = ask(engine, request);
    if (deniedBy === undefined || matchedStatements === undefined) throw new Error('nothing read');
  }
};
const loop = (): void => {
  for (const q of plain) naiveAuthorize(q);
};

const work: readonly (readonly [string, number, () => unknown])[] = [
  ['plain loop', SLOW, loop],
  ['engine, one at a time', requests.length, one],
  ['engine, layer and statements read', requests.length, named],
  ['engine, batches of 50', requests.length, batches(50)],
  ['engine, batches of 1,000', requests.length, batches(1000)],
  ['engine, whole explanation read', SLOW, explained],
];
const rates = new Map<string, number[]>();
for (let round = 0; round < 6; round += 1) {
  for (const [name, count, run] of work) {
    const perSecond = rate(count, run);
    // The first round warms up.
    if (round > 0) rates.set(name, [...(rates.get(name) ?? []), perSecond]);
  }
}
const base = median(rates.get('plain loop') ?? []);
console.log(
  `${requests.length} requests, ${[...tally].map(([effect, count]) => `${effect} ${((count / requests.length) * 100).toFixed(1)} %`).join(', ')}; ${wrong} of ${SLOW} differ from the plain loop`,
);
console.table(
  work.map(([name]) => ({
    name,
    'decisions/s': Math.round(median(rates.get(name) ?? [])),
    'x plain loop': Number((median(rates.get(name) ?? []) / base).toFixed(1)),
  })),
);

const times: number[] = [];
for (const request of requests) {
  const start = process.hrtime.bigint();
  if (ask(engine, request).effect === undefined) throw new Error('no effect');
  times.push(Number(process.hrtime.bigint() - start));
}
times.sort((a, b) => a - b);
const at = (share: number): number => (times[Math.floor(times.length * share)] ?? 0) / 1000;
const perMillion = (1_000_000 / median(rates.get('engine, one at a time') ?? [1])) * 1000;
console.log(
  `p50 ${at(0.5).toFixed(2)} us, p99 ${at(0.99).toFixed(2)} us (x${(at(0.99) / at(0.5)).toFixed(1)}); compiled in ${compiled.toFixed(0)} ms (${(compiled / perMillion).toFixed(3)} of a million decisions); ${(held / world.principals.length / 1024).toFixed(1)} KiB a principal`,
);
printGrowth();
printPatterns();
await printPeers(world);
