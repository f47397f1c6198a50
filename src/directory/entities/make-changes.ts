import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import { makeRecorded } from '../change.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { ChangeOf, ChangeTools, Made } from './change-of.ts';
import { CHANGES } from './changes.ts';
import { drawFrom } from './draw.ts';
import type { ChangeOptions, ChangeStep, MadeChanges } from './entity-store.ts';
import { asOneOf } from './failed-change.ts';
import { distinct } from './untouched.ts';

/** Makes all changes with their events in one transaction, or none. A change without effect keeps no event. */
export async function makeChanges(
  store: Store,
  catalog: Catalog,
  steps: readonly ChangeStep[],
  options: ChangeOptions = {},
): Promise<MadeChanges> {
  const work = (sql: WritingSql, now: number) => makeEach(sql, now, catalog, steps, options);
  const { revision, touched, result } = await makeRecorded(store, eventsOf(steps), work, options);
  return { revision, touched, names: result };
}

/**
 * Makes all changes, lets `look` read the state that they make, in their transaction, and undoes them. It should not look for long:
 * others who change the directory wait. Throws as `makeChanges`.
 */
export async function tryChanges<T>(
  store: Store,
  catalog: Catalog,
  steps: readonly ChangeStep[],
  options: ChangeOptions = {},
  look: (sql: WritingSql, made: Pick<MadeChanges, 'touched' | 'names'>) => Promise<T>,
): Promise<T> {
  const work = async (sql: WritingSql, now: number) => {
    const made = await makeEach(sql, now, catalog, steps, options);
    return { ...made, result: await look(sql, { touched: made.touched, names: made.result }) };
  };
  const { result } = await makeRecorded(store, eventsOf(steps), work, { ...options, dryRun: true });
  return result;
}

function eventsOf(steps: readonly ChangeStep[]) {
  return steps.map(({ event }) => event);
}

async function makeEach(
  sql: WritingSql,
  now: number,
  catalog: Catalog,
  steps: readonly ChangeStep[],
  { between = () => setImmediate(), seed }: ChangeOptions,
) {
  const draw = drawFrom(seed);
  const made: Made[] = [];
  for (const [index, step] of steps.entries()) {
    if (index > 0) await between();
    made.push(await makeOne(sql, step, index, { catalog, now: step.event?.at ?? now, draw, turn: between }));
  }
  return {
    touched: distinct(made.flatMap(({ touched }) => touched)),
    reads: made.flatMap(({ reads = [] }) => reads),
    result: made.map(({ result }) => result),
    events: steps.map(({ event }, index) => (made[index]?.touched.length === 0 ? undefined : event)),
  };
}

function makeOne(sql: WritingSql, { name, input }: ChangeStep, index: number, tools: ChangeTools): Promise<Made> {
  const change = CHANGES[name] as ChangeOf<typeof input>; // as: the input is the one of this name
  return asOneOf(index, () => change(sql, input, tools));
}
