/**
 * npm run bench -- http: what a decision costs from HTTP to the evaluator. CPU time of the server's process, in microseconds;
 * what it is held against is measured in the same run, in turns: node:http with JSON.parse ("bare"), or the engine alone on
 * the same questions. `--only=` names the cases that are measured, by parts of their names: `--only=decisionsFor,session`; they, and
 * what they are held against.
 */
import { median, QUICK } from '../measure.ts';
import { graphqlRequest, startMeasured, type ToSend } from '../server-cost.ts';
import { ACTION, BUCKET, KNOWN, READER } from './questions.ts';

const ROUNDS = QUICK ? 3 : 7;

interface Case {
  readonly name: string;
  /** Decisions of one request. */
  readonly decisions: number;
  /** Requests of one round. */
  readonly requests: number;
  readonly make: (n: number) => ToSend;
  /** Asked with a credential that the first gateway alone knows. */
  readonly byOwnCredential?: true;
  /** A gateway that does more than it must, in turns with the first one, which answers `against`. Left out: the first one alone. */
  readonly by?: 'logged' | 'measured';
  /** The case that it is held against, and the wanted ratio of their rates. */
  readonly against: string;
  readonly wanted: number;
}

/** Parts of names; none: everything is measured. */
const ONLY = process.argv.flatMap((arg) => (arg.startsWith('--only=') ? arg.slice(7).split(',') : []));
const isAsked = (name: string): boolean => ONLY.length === 0 || ONLY.some((part) => name.includes(part));

const gateway = await startMeasured<Readonly<Record<'operator' | 'key' | 'session', string>>>(
  new URL('gateway.ts', import.meta.url),
);
const { operator, key, session } = gateway.facts;
/** Every decision in a log, and metrics. */
const more = {
  logged: await startMeasured(new URL('gateway.ts', import.meta.url), ['logged']),
  measured: await startMeasured(new URL('gateway.ts', import.meta.url), ['measured']),
};

const DECISION = 'query ($request: AccessRequestInput!) { decision(request: $request) { effect } }';
const decision = (caller: string, resource: (n: number) => string) => (n: number) =>
  graphqlRequest(caller, DECISION, { request: { principal: READER, action: ACTION, resource: resource(n) } });
const same = (): string => `${BUCKET}/known/1`;
let names = 0;
const fresh = (): string => `${BUCKET}/new/${names++}`;

const BATCH = 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect } }';
const checksFor = (fields: string): string =>
  `query ($principal: PrincipalId!, $checks: [CheckInput!]!) { decisionsFor(principal: $principal, checks: $checks) { ${fields} } }`;
const ALLOWED =
  'query ($principal: PrincipalId!, $action: String!, $resources: [Arn!]!) { allowedResources(principal: $principal, action: $action, resources: $resources) }';
const checks = KNOWN.map((resource) => ({ action: ACTION, resource }));
const allowed = (resources: () => readonly string[]) => () =>
  graphqlRequest(operator, ALLOWED, { principal: READER, action: ACTION, resources: resources() });

const SINGLE = QUICK ? 500 : 2_000;
const MANY = QUICK ? 10 : 40;
const ALL: readonly Case[] = [
  {
    name: '{ __typename }',
    decisions: 1,
    requests: SINGLE,
    make: () => graphqlRequest(operator, '{ __typename }'),
    against: 'bare',
    wanted: 0.6,
  },
  {
    name: 'decision, operator',
    decisions: 1,
    requests: SINGLE,
    make: decision(operator, same),
    against: 'bare',
    wanted: 0.45,
  },
  {
    name: 'decision, access key',
    decisions: 1,
    requests: SINGLE,
    make: decision(key, same),
    byOwnCredential: true,
    against: 'bare',
    wanted: 0.36,
  },
  {
    name: 'decision, session token',
    decisions: 1,
    requests: SINGLE,
    make: decision(session, same),
    byOwnCredential: true,
    against: 'bare',
    wanted: 0.36,
  },
  {
    name: 'decision, a new name each time',
    decisions: 1,
    requests: SINGLE,
    make: decision(operator, fresh),
    against: 'decision, operator',
    wanted: 0.85,
  },
  {
    name: 'decisions x 100',
    decisions: 100,
    requests: SINGLE / 10,
    make: () =>
      graphqlRequest(operator, BATCH, {
        requests: KNOWN.slice(0, 100).map((resource) => ({ principal: READER, action: ACTION, resource })),
      }),
    against: 'engine',
    wanted: 0.12,
  },
  {
    name: 'decisionsFor x 1,000 { effect }',
    decisions: 1_000,
    requests: MANY,
    make: () => graphqlRequest(operator, checksFor('effect'), { principal: READER, checks }),
    against: 'engine',
    wanted: 0.2,
  },
  {
    name: 'decisionsFor x 1,000 { effect }, each of them logged',
    decisions: 1_000,
    requests: MANY,
    make: () => graphqlRequest(operator, checksFor('effect'), { principal: READER, checks }),
    by: 'logged',
    against: 'decisionsFor x 1,000 { effect }',
    wanted: 0.9,
  },
  {
    name: 'decision, operator, with metrics',
    decisions: 1,
    requests: SINGLE,
    make: decision(operator, same),
    by: 'measured',
    against: 'decision, operator',
    wanted: 0.9,
  },
  {
    name: 'decisionsFor x 1,000 { effect deniedBy reason }',
    decisions: 1_000,
    requests: MANY,
    make: () => graphqlRequest(operator, checksFor('effect deniedBy reason'), { principal: READER, checks }),
    against: 'engine, explained',
    wanted: 0.3,
  },
  {
    name: 'allowedResources x 1,000, known names',
    decisions: 1_000,
    requests: MANY,
    make: allowed(() => KNOWN),
    against: 'engine',
    wanted: 0.35,
  },
  {
    name: 'allowedResources x 1,000, new names',
    decisions: 1_000,
    requests: MANY,
    make: allowed(() => Array.from({ length: 1_000 }, fresh)),
    against: 'engine',
    wanted: 0.25,
  },
];

const asked = ALL.filter(({ name }) => isAsked(name));
const CASES = ALL.filter(({ name }) => asked.some((one) => one.name === name || one.against === name));
const TURNS = 'decision beside batches of 10,000';

const LONG = Array.from({ length: 10_000 }, (_, n) => ({ action: ACTION, resource: `${BUCKET}/known/${n}` }));

/** The 99th percentile of single decisions, one after the other, in milliseconds. */
async function slowest(): Promise<number> {
  const one = decision(operator, same)(0);
  const taken: number[] = [];
  for (let n = 0; n < SINGLE; n++) {
    const before = performance.now();
    await gateway.send(one);
    taken.push(performance.now() - before);
  }
  return taken.sort((a, b) => a - b)[Math.floor(SINGLE * 0.99)] ?? 0;
}

/** The same beside a client that sends batches of 10,000, one after the other. */
async function slowestBesideBatches(): Promise<number> {
  const batch = graphqlRequest(operator, checksFor('effect'), { principal: READER, checks: LONG });
  const state = { isOver: false };
  const batches = (async () => {
    while (!state.isOver) await gateway.send(batch);
  })();
  const taken = await slowest();
  state.isOver = true;
  await batches;
  return taken;
}

/** How many times longer a decision may take beside such a client. */
const WANTED_BESIDE = 5;

const plain = new URL('plain.ts', import.meta.url);
const others = {
  bare: await startMeasured(plain, ['bare']),
  'graphql-js on node:http': await startMeasured(plain, ['graphql-js']),
  'stock Yoga': await startMeasured(plain, ['yoga']),
};

/** As warm as the first one, which answers all cases. */
for (const server of Object.values(more)) {
  for (const { requests, make, byOwnCredential } of CASES) {
    if (byOwnCredential) continue;
    await server.cost(Array.from({ length: requests }, (_, n) => make(n)));
  }
}

/** Microseconds of CPU for each decision, round by round. */
const costs = new Map<string, number[]>();
function keep(name: string, microseconds: number): void {
  costs.set(name, [...(costs.get(name) ?? []), microseconds]);
}

/** Of the requests of a round, as many are sent before it: what a server has not used since its last turn is gone from caches and memory. */
const BEFOREHAND = 0.2;
async function warmCost(server: Pick<typeof gateway, 'cost'>, requests: number, make: Case['make']): Promise<number> {
  const made = (count: number) => Array.from({ length: Math.ceil(count) }, (_, n) => make(n));
  await server.cost(made(requests * BEFOREHAND));
  return server.cost(made(requests));
}

/** Ratios of rates, round by round, of cases that another gateway answers. */
const ratios = new Map<string, number[]>();
const TAKING_TURNS = QUICK ? 1 : 2;
/**
 * Microseconds of CPU at the first gateway and at another one, in turns (first, other, other, first): a processor that is slower for a
 * while is slower for both. Their ratio is that of this round, and not of two medians from different times.
 */
async function costsOfBoth({ requests, make, decisions }: Case, other: Pick<typeof gateway, 'cost'>) {
  const sums = { first: 0, other: 0 };
  for (let turn = 0; turn < TAKING_TURNS; turn++) {
    sums.first += await warmCost(gateway, requests, make);
    sums.other += await warmCost(other, requests, make);
    sums.other += await warmCost(other, requests, make);
    sums.first += await warmCost(gateway, requests, make);
  }
  const times = 2 * TAKING_TURNS * decisions;
  return { first: sums.first / times, other: sums.other / times };
}

for (let round = 0; round <= ROUNDS; round++) {
  const measured: [string, number][] = [];
  for (const [name, server] of Object.entries(others)) {
    measured.push([name, await warmCost(server, SINGLE, () => graphqlRequest('', '{ __typename }'))]);
  }
  for (const one of CASES) {
    const { name, decisions, requests, make, by } = one;
    if (by === undefined) {
      measured.push([name, (await warmCost(gateway, requests, make)) / decisions]);
      continue;
    }
    const { first, other } = await costsOfBoth(one, more[by]);
    measured.push([name, other]);
    if (round > 0) ratios.set(name, [...(ratios.get(name) ?? []), first / other]);
  }
  if (isAsked(TURNS))
    measured.push(['decision alone, p99', await slowest()], ['beside batches, p99', await slowestBesideBatches()]);
  const { effect = 0, explained = 0 } = await gateway.ask('engine');
  measured.push(['engine', effect], ['engine, explained', explained]);
  // The first round warms up.
  if (round > 0) for (const [name, cost] of measured) keep(name, cost);
}

const of = (name: string): number => median(costs.get(name) ?? []);
for (const name of [...Object.keys(others), 'engine', 'engine, explained']) {
  process.stdout.write(`${name}: ${of(name).toFixed(2)} µs\n`);
}
for (const { name, against, wanted } of CASES) {
  const ownRatios = ratios.get(name);
  const ratio = ownRatios === undefined ? of(against) / of(name) : median(ownRatios);
  const verdict = ratio >= wanted ? 'reached' : 'NOT REACHED';
  process.stdout.write(
    `${name}: ${of(name).toFixed(2)} µs; ${ratio.toFixed(2)} of the rate of ${against} (wanted: ${wanted}): ${verdict}\n`,
  );
  if (ratio < wanted) process.exitCode = 1;
}
if (isAsked(TURNS)) {
  const [alone, beside] = [of('decision alone, p99'), of('beside batches, p99')];
  const verdict = beside / alone <= WANTED_BESIDE ? 'reached' : 'NOT REACHED';
  process.stdout.write(
    `${TURNS}, p99: ${beside.toFixed(2)} ms; alone ${alone.toFixed(2)} ms, ${(beside / alone).toFixed(1)} times (wanted: at most ${WANTED_BESIDE}): ${verdict}\n`,
  );
  if (beside / alone > WANTED_BESIDE) process.exitCode = 1;
}
gateway.stop();
for (const server of Object.values(more)) server.stop();
for (const server of Object.values(others)) server.stop();
