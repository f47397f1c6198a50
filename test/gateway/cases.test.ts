import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaFaults } from '../support/json-schema.ts';
import type { CaseFile } from './case.ts';
import { play, prepare } from './run.ts';
import { type StartedGateway, start } from './started.ts';

const folder = new URL('cases/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const FILES = readdirSync(folder).filter((name) => !name.endsWith('.schema.json'));
const caseSchema = read('case.schema.json');
const givenSchema = read('given.schema.json');

let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await start();
});
afterAll(() => gateway.stop());

describe.each(FILES)('%s', (name) => {
  const file: CaseFile = read(name);

  let runs: Awaited<ReturnType<typeof prepare>>;
  beforeAll(async () => {
    runs = await prepare(gateway, file);
  });

  test('is of its schema', () => {
    expect(schemaFaults(caseSchema, file)).toEqual([]);
    const givens = [
      file.given,
      ...file.cases.flatMap(({ given, steps }) => [given, ...steps.map(({ change }) => change)]),
    ];
    expect(givens.flatMap((given) => schemaFaults(givenSchema, given ?? {}))).toEqual([]);
    expect(new Set(file.cases.map((one) => one.name)).size).toBe(file.cases.length);
  });

  test.each(file.cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const run = runs.get(one);
    if (run === undefined) throw new Error('not prepared');
    const { answered, wanted } = await play(gateway, file, one, run);
    expect(wanted).not.toEqual([]);
    expect(answered).toEqual(wanted);
  });
});
