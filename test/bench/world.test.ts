/** The benchmark measures what it says: its world is the one described, and engine and plain loop agree on it. */
import { expect, test } from 'vitest';
import type { Decision } from '../../src/evaluation/decision.ts';
import { outcomeOf } from '../support/engine.ts';
import { naiveAuthorize } from '../support/naive-evaluator.ts';
import { ask, batches, explanationOf, prepareEngine, questionsOf, textsOf } from './engine.ts';
import { PlansEngine } from './plans.ts';
import { makeWideWorld, WIDE_SIZE } from './wide-world.ts';
import { type BenchRequest, FULL_SIZE, makeWorld, plainRequest, type World } from './world.ts';

const world = makeWorld({ ...FULL_SIZE, requests: 2000 });
const wide = makeWideWorld({ ...WIDE_SIZE, requests: 2000 });
const decider = (one: World): ((request: BenchRequest) => Decision) => {
  const engine = prepareEngine(one, textsOf(one));
  return (request) => questionsOf(engine, [request]).map(ask)[0] as Decision;
};
const decide = decider(world);
const decideWide = decider(wide);
const shareIn = ({ requests }: World, counts: (request: BenchRequest) => boolean): number =>
  requests.filter(counts).length / requests.length;
const share = (counts: (request: BenchRequest) => boolean): number => shareIn(world, counts);
const resourceOf = (request: BenchRequest): World['resources'][number] | undefined => world.resources[request.resource];

test('the requests have the shares that are described', () => {
  const effects = (effect: string): number => share((request) => decide(request).effect === effect);
  expect(effects('ALLOWED')).toBeCloseTo(0.5, 1);
  expect(effects('EXPLICIT_DENY')).toBeCloseTo(0.1, 1);
  expect(share((request) => (resourceOf(request)?.policy ?? null) !== null)).toBeCloseTo(0.4, 1);
  expect(share((request) => resourceOf(request)?.arn === '*')).toBeCloseTo(0.07, 1);
  const isForeign = (request: BenchRequest): boolean =>
    resourceOf(request)?.account !== world.principals[request.principal]?.account;
  expect(share(isForeign)).toBeCloseTo(0.1, 1);
  for (const { context } of world.requests) expect(context.size).toBe(16);
});

test('the requests of the wide world have the shares that are described', () => {
  const effects = (effect: string): number => shareIn(wide, (request) => decideWide(request).effect === effect);
  expect(effects('ALLOWED')).toBeCloseTo(0.5, 1);
  expect(effects('EXPLICIT_DENY')).toBeCloseTo(0.17, 1);
  const governed = (request: BenchRequest): boolean => (wide.resources[request.resource]?.policy ?? null) !== null;
  expect(shareIn(wide, governed)).toBeCloseTo(0.4, 1);
  expect(new Set(wide.resources.map((one) => one.arn)).size).toBe(10_000);
  expect(new Set(wide.resources.map((one) => one.holder)).size).toBe(1000);
  for (const levels of wide.scp) expect(levels).toHaveLength(3);
  for (const { context } of wide.requests) {
    expect(context.size).toBeGreaterThanOrEqual(15);
    expect(context.size).toBeLessThanOrEqual(20);
  }
  const { requests } = makeWideWorld();
  const pairs = new Set(requests.map(({ principal, action }) => `${principal} ${action.name}`)).size;
  expect(Math.round(pairs / 1000)).toBeCloseTo(25, -1);
});

test.each([
  ['world', world, decide],
  ['wide world', wide, decideWide],
] as const)('the plans engine agrees in the %s', (_, one, decideIn) => {
  const plans = new PlansEngine(one);
  for (const request of one.requests) expect(plans.decide(plans.request(request))).toBe(decideIn(request).effect);
});

test.each([
  ['one at a time', world.requests.slice(0, 400)],
  ['batches of 50', batches(world, 50).slice(0, 400)],
  ['in the wide world', wide.requests.slice(0, 400)],
])('engine and plain loop agree, %s', (name, requests) => {
  const isWide = name === 'in the wide world';
  for (const request of requests) {
    const decision = isWide ? decideWide(request) : decide(request);
    expect(outcomeOf(decision)).toEqual(naiveAuthorize(plainRequest(isWide ? wide : world, request)));
    expect(explanationOf(decision)).toBeGreaterThan(0);
  }
});

test('the statements of a decision are those that the explanation of its layers shows', () => {
  for (const request of world.requests) {
    const { effect, layers, matchedStatements } = decide(request);
    const shown = layers.flatMap((layer) => layer.matchedStatements);
    for (const one of matchedStatements) expect(shown).toContain(one);
    const determining = shown.filter(
      (one) =>
        (effect === 'EXPLICIT_DENY' && one.effect === 'DENY') ||
        (effect === 'ALLOWED' && one.layer === 'IDENTITY_POLICY'),
    );
    const granted = (layer: string): boolean => effect !== 'ALLOWED' || layer === 'IDENTITY_POLICY';
    expect(new Set(matchedStatements.filter((one) => granted(one.layer)))).toEqual(new Set(determining));
  }
});
