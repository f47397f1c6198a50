import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicCases } from './public-case.ts';
import { unmet } from './public-expectation.ts';
import { PublicRun } from './public-run.ts';
import { type StartedGateway, start } from './started.ts';

let gateway: StartedGateway;
let run: PublicRun;
beforeAll(async () => {
  gateway = await start({ ROLEGATE_DEMO: 'on' });
  run = new PublicRun(gateway);
});
afterAll(() => gateway.stop());

describe.each([
  ['holding', 74],
  ['failing', 17],
] as const)('%s.json', (name, count) => {
  const cases = publicCases(name);

  test('every case is told apart and names its source', () => {
    expect(new Set(cases.map((one) => one.id)).size).toBe(count);
    expect(cases.filter((one) => one.source === '' || one.expected.length === 0)).toEqual([]);
  });

  test.each(cases.map((one) => [one.id, one] as const))('%s', async (_id, one) => {
    const answer = await run.answerTo(one);
    const faults = unmet(answer, one.expected);
    expect(faults.length === 0 ? [] : { faults, answer }).toEqual([]);
  });
});
