import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { expect, onTestFinished, test, vi } from 'vitest';
import { useTurnsBetween } from '../../src/server/batch-order.ts';

test('operations of a batch are validated with room for others between them, in their order', async () => {
  // By this clock each takes longer than a turn.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  onTestFinished(() => clock.mockRestore());
  let turns = 0;
  const validated: { readonly turn: number; readonly document: string }[] = [];
  const noting: Plugin = {
    onParse: ({ params }) => void validated.push({ turn: turns, document: String(params.source) }),
  };
  const yoga = createYoga({
    schema: createSchema({ typeDefs: 'type Query { a: Int }', resolvers: { Query: { a: () => 1 } } }),
    batching: { limit: 10 },
    logging: false,
    plugins: [useTurnsBetween(), noting],
  });
  const documents = Array.from({ length: 10 }, (_, n) => `{ a } # ${n}`);
  let isDone = false;
  const beat = (): void => {
    turns += 1;
    if (!isDone) setImmediate(beat);
  };
  setImmediate(beat);
  const response = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(documents.map((query) => ({ query }))),
  });
  expect(await response.json()).toEqual(documents.map(() => ({ data: { a: 1 } })));
  isDone = true;
  expect(validated.map(({ document }) => document)).toEqual(documents);
  expect(new Set(validated.map(({ turn }) => turn)).size).toBe(10);
});
