/** The benchmark measures what it says: its world is the one described, and engine and plain loop agree on it. */
import { expect, test } from 'vitest';
import type { Decision } from '../../src/evaluation/decision.ts';
import { outcomeOf } from '../support/engine.ts';
import { naiveAuthorize } from '../support/naive-evaluator.ts';
import { ask, batches, explanationOf, prepareEngine, questionsOf, textsOf } from './engine.ts';
import { type BenchRequest, FULL_SIZE, makeWorld, plainRequest, type World } from './world.ts';

const world = makeWorld({ ...FULL_SIZE, requests: 2000 });
const engine = prepareEngine(world, textsOf(world));
const decide = (request: BenchRequest): Decision => questionsOf(engine, [request]).map(ask)[0] as Decision;
const share = (counts: (request: BenchRequest) => boolean): number =>
  world.requests.filter(counts).length / world.requests.length;
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

test.each([
  ['one at a time', world.requests.slice(0, 400)],
  ['batches of 50', batches(world, 50).slice(0, 400)],
])('engine and plain loop agree, %s', (_, requests) => {
  for (const request of requests) {
    const decision = decide(request);
    expect(outcomeOf(decision)).toEqual(naiveAuthorize(plainRequest(world, request)));
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
