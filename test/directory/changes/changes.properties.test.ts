import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { CHANGE_NAMES } from '../../../src/directory/entities/changes.ts';
import { takeDatabase, takeServerDatabase } from '../../support/recycled-database.ts';
import { INPUT_NAMES, note, sequences } from './commands.ts';
import { MODELLED, Model, NOT_MODELLED } from './model.ts';
import { WORLD } from './world.ts';

const catalog = await openCatalog();

/** Sequences in each store. */
const RUNS = Number(process.env['CHANGE_SEQUENCES'] ?? 12);

it('every kind of change has a model, or a reason not to have one', () => {
  const missing = CHANGE_NAMES.filter(
    (name) => !(Object.hasOwn(MODELLED, name) && INPUT_NAMES.includes(name)) && !Object.hasOwn(NOT_MODELLED, name),
  );
  const why =
    'write what it does in MODELLED (model.ts) and its inputs in INPUTS (commands.ts), or the reason in NOT_MODELLED';
  expect(missing.map((name) => `${name}: ${why}`)).toEqual([]);
});

describe.each([
  ['in a folder', takeDatabase],
  ['on a server', takeServerDatabase],
])('random sequences of changes, %s', (_where, take) => {
  it('leave what the model says, in memory and in the database', async () => {
    const database = await take();
    const holds = fc.assert(
      fc.asyncProperty(sequences, async (commands) => {
        await database.empty();
        const directory = await database.openDirectory();
        try {
          const { revision } = await directory.apply(WORLD);
          const model = Model.first();
          note(model, [], revision);
          await fc.asyncModelRun(() => ({ model, real: { database, directory, catalog } }), commands);
        } finally {
          await directory.close();
        }
      }),
      { numRuns: RUNS },
    );
    await expect(holds).resolves.toBeUndefined();
    database.giveBack();
  }, 600_000);
});
