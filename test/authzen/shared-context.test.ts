import { describe, expect, test } from 'vitest';
import { conditionKeyReader } from '../../src/authzen/condition-keys.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { OPERATOR } from '../graphql/gateway.ts';
import { openedDecisionPoint } from './world.ts';

// A small request can name a large context once for ten thousand entries: it must neither be read nor held ten thousand times.

const point = openedDecisionPoint();

const NOTHING = {};
const LARGE: JsonObject = Object.fromEntries(
  Array.from({ length: 190 }, (_, key) => [`k:${key}`, Array.from({ length: 200 }, (__, value) => `value-${value}`)]),
);
const asked = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, context: LARGE };
const docs = (count: number, properties: (index: number) => JsonObject) =>
  Array.from({ length: count }, (_, index) => ({ resource: { type: 'doc', id: 'x', properties: properties(index) } }));

describe('what entries share', () => {
  const said = { subject: NOTHING, action: NOTHING, resource: NOTHING, context: LARGE };

  test('is read once', () => {
    const keysOf = conditionKeyReader();
    expect(keysOf({ ...said, subject: {} }).context).toBe(keysOf(said).context);
    const [one, other] = [keysOf({ ...said, resource: { a: '1' } }), keysOf({ ...said, resource: { a: '2' } })];
    expect(one.context.get('aws:resourcetag/a')).toBe('1');
    expect(other.context.get('aws:resourcetag/a')).toBe('2');
    expect(other.context.get('k:7')).toBe(one.context.get('k:7'));
  });

  test('is found wrong once', () => {
    const keysOf = conditionKeyReader();
    const wrong = { ...said, context: { ...LARGE, 'a:b': 'x', 'A:B': 'y' } };
    const failure = (): unknown => {
      try {
        return keysOf(wrong);
      } catch (error) {
        return error;
      }
    };
    const first = failure();
    expect(first).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('twice') });
    expect(failure()).toBe(first);
  });

  test('has no more keys than one context may have, together with what is an entry’s own', async () => {
    const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));
    const { evaluations } = await point.ask(OPERATOR, 'evaluations', {
      ...asked,
      evaluations: docs(2, (index) => tags(10 + index)),
    });
    expect(evaluations[0].context).not.toHaveProperty('error');
    expect(evaluations[1].context.error).toEqual({
      status: 400,
      message: '`context` has 201 condition keys, the limit is 200',
    });
  });
});

test('entries without anything of their own are all answered, however large what they share is', async () => {
  const { evaluations } = await point.ask(OPERATOR, 'evaluations', {
    ...asked,
    resource: { type: 'doc', id: 'x' },
    evaluations: Array.from({ length: 2_000 }, () => ({})),
  });
  expect(evaluations).toHaveLength(2_000);
  expect(evaluations.filter(({ context }: { context: object }) => 'error' in context)).toEqual([]);
});

test('entries that differ are answered up to a limit of the whole request; the others are denied, and say why', async () => {
  const { evaluations } = await point.ask(OPERATOR, 'evaluations', {
    ...asked,
    evaluations: docs(100, (index) => ({ status: String(index) })),
  });
  const faults = evaluations.map(({ context }: { context: { error?: object } }) => context.error);
  expect(faults[0]).toBeUndefined();
  expect(faults[99]).toEqual({
    status: 400,
    message: expect.stringContaining('more than 50000000 characters: send fewer entries'),
  });
  expect(evaluations[99].decision).toBe(false);
});
