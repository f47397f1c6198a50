/**
 * npm run bench: the engine beside a plain loop over the same documents and beside other engines, alternating in one
 * process, in seconds of CPU. Figures are ratios of one run; the machine is what it is. Everybody gets the same requests,
 * in the form that it takes, made beforehand; whoever says the layer and the statements is read them.
 */
import { type NaiveOutcome, type NaiveRequest, naiveAuthorize } from '../support/naive-evaluator.ts';
import { besideCedar } from './beside-cedar.ts';
import { besidePlans, wantedBesidePlans } from './beside-plans.ts';
import {
  ask,
  batches,
  effectOf,
  explanationOf,
  prepareEngine,
  type Question,
  questionsOf,
  statementsOf,
  textsOf,
} from './engine.ts';
import { printGrowth } from './growth.ts';
import { latency } from './latency.ts';
import {
  atLeast,
  atMost,
  checksumNow,
  heldNow,
  median,
  over,
  QUICK,
  type Ratio,
  ROUNDS,
  rates,
  round,
  seconds,
} from './measure.ts';
import { patterns } from './patterns.ts';
import { peers } from './peers.ts';
import { makeWideWorld, WIDE_SIZE } from './wide-world.ts';
import { type BenchRequest, FULL_SIZE, makeWorld, plainRequest } from './world.ts';

const world = makeWorld({ ...FULL_SIZE, requests: QUICK ? 30_000 : FULL_SIZE.requests });
const { requests } = world;
const of50 = batches(world, 50);
const of1000 = batches(world, 1000);

const texts = textsOf(world);
const compiling = Array.from({ length: ROUNDS + 1 }, () =>
  seconds(() => prepareEngine(world, texts).principals.length),
);
const before = heldNow();
const engine = prepareEngine(world, texts);
const compiled = heldNow();
const questions = questionsOf(engine, requests);
const asked = heldNow();
for (const question of questions) ask(question);
const plans = heldNow() - asked;

/** The plain loop is slow: every tenth request, and every tenth batch. */
const tenth = (list: readonly BenchRequest[], size: number): readonly NaiveRequest[] =>
  list.filter((_, i) => Math.floor(i / size) % 10 === 0).map((request) => plainRequest(world, request));
const plain = tenth(requests, 1);
checkAgreement();

const effect = (question: Question): number => effectOf(ask(question));
const named = (question: Question): number => statementsOf(ask(question));
const explained = (question: Question): number => explanationOf(ask(question));
const namedPlainly = (request: NaiveRequest): number => {
  const { effect, deniedBy, statements }: NaiveOutcome = naiveAuthorize(request);
  return statements.length + (deniedBy === null ? 1 : 0) + (effect === 'ALLOWED' ? 1 : 0);
};
const PLAIN = 'plain loop, one at a time';
const PLAIN_BATCH = 'plain loop, batches of 50';
const ONE = 'one at a time, layer and statements read';
const BATCH = 'batches of 50, layer and statements read';
const EXPLAINED = 'one at a time, every layer, statements and missing keys read';
const questions50 = questionsOf(engine, of50);
const questions1000 = questionsOf(engine, of1000);

const measured = rates([
  over(PLAIN, plain, namedPlainly),
  over(PLAIN_BATCH, tenth(of50, 50), namedPlainly),
  over(ONE, questions, named),
  over('one at a time, effect alone', questions, effect),
  over(BATCH, questions50, named),
  over('batches of 50, effect alone', questions50, effect),
  over('batches of 1,000, layer and statements read', questions1000, named),
  over('batches of 1,000, effect alone', questions1000, effect),
  over(EXPLAINED, questions.slice(0, plain.length), explained),
]);
const rate = (name: string): number => measured.get(name) ?? 0;
const times = (name: string): number => rate(name) / rate(PLAIN);
console.table(
  [...measured].map(([name, rate]) => ({ name, 'decisions/s': Math.round(rate), 'x plain loop': round(times(name)) })),
);

const { p50, p99 } = latency(questions.length, (i) => named(questions[i] as Question));
const warm = median(compiling.slice(1));
const cold = compiling[0] ?? 0;
const million = 1_000_000 / rate(ONE);
const perPrincipal = (bytes: number): string => (bytes / world.principals.length / 1024).toFixed(1);
console.log(
  `p50 ${p50.toFixed(2)} us, p99 ${p99.toFixed(2)} us; compiled in ${(warm * 1000).toFixed(0)} ms, the first time in ` +
    `${(cold * 1000).toFixed(0)} (code not warm); KiB a principal: ${perPrincipal(compiled - before)} compiled, ` +
    `${perPrincipal(compiled - before + plans)} after all requests`,
);

printGrowth();
const summary: readonly Ratio[] = [
  atLeast('one at a time / plain loop', times(ONE), 15),
  atLeast('batches of 50 / plain loop', times(BATCH), 30),
  ...(await besideCedar(world, questions, of50, questions50)),
  atLeast('explanation of every layer / plain loop', times(EXPLAINED), 3),
  ...(await peers(world)),
  atMost('p99 / p50', p99 / p50, 5),
  atMost('compiling everything / a million decisions', warm / million, 0.1),
  ...patterns(),
];
// Last: what it leaves in the memory of the process changes the rows above.
besidePlans('the world of the tables above, beside a small engine with plans', world);
const wide = besidePlans(
  'a wider world: 10,000 names under 1,000 holders, control policies with Denies at three levels, 25,000 pairs',
  makeWideWorld({ ...WIDE_SIZE, requests: requests.length }),
);
console.table([...summary, ...wantedBesidePlans(wide)]);
console.log(`compiling everything for the first time / a million decisions: ${round(cold / million)}`);
console.log(`checksum ${checksumNow()}`);

function checkAgreement(): void {
  const tally = new Map<string, number>();
  const count = (name: string): void => void tally.set(name, (tally.get(name) ?? 0) + 1);
  for (const [i, request] of requests.entries()) {
    count(ask(questions[i] as Question).effect);
    if (world.resources[request.resource]?.account !== world.principals[request.principal]?.account) {
      count('of another account');
    }
  }
  const differ = plain.filter((request, i) => {
    const { effect, deniedBy, matchedStatements } = ask(questions[i * 10] as Question);
    const wanted = naiveAuthorize(request);
    const same = matchedStatements.length === wanted.statements.length;
    return effect !== wanted.effect || deniedBy !== wanted.deniedBy || !same;
  }).length;
  const shares = [...tally].map(([name, found]) => `${name} ${((found / requests.length) * 100).toFixed(1)} %`);
  console.log(
    `${requests.length} requests: ${shares.join(', ')}; ${differ} of ${plain.length} differ from the plain loop`,
  );
  if (differ > 0) throw new Error('the engine and the plain loop disagree');
}
