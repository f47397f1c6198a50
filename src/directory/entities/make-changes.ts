import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import { makeRecorded } from '../change.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { ChangeOf, ChangeTools, Made } from './change-of.ts';
import { CHANGES } from './changes.ts';
import type { ChangeOptions, ChangeStep, MadeChanges } from './entity-store.ts';
import { asOneOf } from './failed-change.ts';
import { distinct } from './untouched.ts';

/** Makes all changes with their events in one transaction, or none. A change without effect keeps no event. */
export async function makeChanges(
  store: Store,
  catalog: Catalog,
  steps: readonly ChangeStep[],
  { between = () => setImmediate(), ...options }: ChangeOptions = {},
): Promise<MadeChanges> {
  const work = async (sql: WritingSql, now: number) => {
    const made: Made[] = [];
    for (const [index, step] of steps.entries()) {
      if (index > 0) await between();
      made.push(await makeOne(sql, step, index, { catalog, now: step.event?.at ?? now, turn: between }));
    }
    return {
      touched: distinct(made.flatMap(({ touched }) => touched)),
      reads: made.flatMap(({ reads = [] }) => reads),
      result: made.map(({ result }) => result),
      events: steps.map(({ event }, index) => (made[index]?.touched.length === 0 ? undefined : event)),
    };
  };
  const asked = steps.map(({ event }) => event);
  const { revision, touched, result } = await makeRecorded(store, asked, work, options);
  return { revision, touched, names: result };
}

function makeOne(sql: WritingSql, { name, input }: ChangeStep, index: number, tools: ChangeTools): Promise<Made> {
  const change = CHANGES[name] as ChangeOf<typeof input>; // as: the input is the one of this name
  return asOneOf(index, () => change(sql, input, tools));
}
