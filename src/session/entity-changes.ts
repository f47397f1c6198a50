import { nextTurn, turnIsOver } from '../access/next-turn.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { sha256 } from '../directory/apply/change-set.ts';
import { CHANGE_NAMES, type ChangeInputs, type ChangeName } from '../directory/entities/changes.ts';
import type { ChangeOptions, MadeChanges } from '../directory/entities/entity-store.ts';
import { asOneOf, asOnlyOne } from '../directory/entities/failed-change.ts';
import { withKnownConflicts } from '../directory/entities/untouched.ts';
import type { Preview } from '../directory/previews/preview.ts';
import { type Attempted, auditedAll } from './audited.ts';
import { aCall, type CallOrigin } from './call.ts';
import type { Caller } from './caller.ts';
import type { Described } from './operations/described.ts';
import { GROUP_OPERATIONS } from './operations/group-operations.ts';
import { ALIAS_OPERATIONS, INSTANCE_PROFILE_OPERATIONS } from './operations/instance-profile-operations.ts';
import { ORGANIZATION_OPERATIONS } from './operations/organization-operations.ts';
import { POLICY_OPERATIONS } from './operations/policy-operations.ts';
import { RESOURCE_OPERATIONS } from './operations/resource-operations.ts';
import { ROLE_OPERATIONS } from './operations/role-operations.ts';
import { USER_OPERATIONS } from './operations/user-operations.ts';
import type { SessionDirectory } from './session-tools.ts';

export type { ChangeInputs, ChangeName };

/** One change, by its name. */
export type ChangeRequest = {
  readonly [Name in ChangeName]: { readonly name: Name; readonly input: ChangeInputs[Name] };
}[ChangeName];

/**
 * Operations that change the directory's entities, under AWS's names, with AWS's codes, messages and limits. Each is recorded in
 * the audit trail, including failures. The guard decides before whether the caller is allowed. `now`: milliseconds since 1970.
 * Inputs are named as in the operation, with ARNs in place of names: `roleArn`.
 */
export type EntityChanges = {
  readonly [Name in ChangeName]: (
    caller: Caller,
    input: ChangeInputs[Name],
    now: number,
    origin?: Partial<CallOrigin>,
    options?: ChangeOptions,
  ) => Promise<MadeChanges>;
};

/** Several changes at once. */
export interface ChangeSets {
  /** All of the changes, in their order, or none. Throws FailedChange, Conflict. */
  applyChanges(
    caller: Caller,
    changes: readonly ChangeRequest[],
    now: number,
    origin?: Partial<CallOrigin>,
    options?: ChangeOptions,
  ): Promise<MadeChanges>;
  /** Tries all of the changes, and stores nothing. Failures are in the trail. Throws FailedChange. */
  previewChanges(
    caller: Caller,
    changes: readonly ChangeRequest[],
    now: number,
    origin?: Partial<CallOrigin>,
    options?: ChangeOptions,
  ): Promise<Preview>;
}

/** What the trail says of changes that are not to be stored. */
export const OF_PREVIEW = { preview: 'true' } as const;
const OF_DRY_RUN = { dryRun: 'true' } as const;

/** What the target of a new entity says. */
const IN_TARGET = new Set(['accountId', 'partition']);
/** What the guard adds to an input: nobody has given it. */
const OF_GUARD = new Set(['ofAccount', 'parts']);
const DOCUMENTS = new Set(['policyDocument', 'assumeRolePolicyDocument']);

/** The parameters of an input for the trail: all but its target, and what the guard adds; a document is given by its hash. */
function parametersOf(input: object, target: string): Readonly<Record<string, string>> {
  const told = Object.entries(input).filter(
    ([name, value]) =>
      value != null &&
      value !== target &&
      !OF_GUARD.has(name) &&
      !(IN_TARGET.has(name) && target.includes(String(value))),
  );
  return Object.fromEntries(told.map(([name, value]) => [name, DOCUMENTS.has(name) ? hashOf(value) : printed(value)]));
}

function hashOf(document: unknown): string {
  return `sha256:${sha256(String(document))}`;
}

/** Lists as JSON. */
function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const OPERATIONS: { readonly [Name in ChangeName]: Described<ChangeInputs[Name]> } = {
  ...ALIAS_OPERATIONS,
  ...GROUP_OPERATIONS,
  ...INSTANCE_PROFILE_OPERATIONS,
  ...POLICY_OPERATIONS,
  ...ROLE_OPERATIONS,
  ...USER_OPERATIONS,
  ...RESOURCE_OPERATIONS,
  ...ORGANIZATION_OPERATIONS,
};

function described({ name }: ChangeRequest): Described<unknown> {
  return OPERATIONS[name] as Described<unknown>; // as: it gets the input of this name
}

/** ARN or id of what a change is about. */
export function targetOf(request: ChangeRequest): string {
  return described(request).target(request.input);
}

/** The names that mean something else after a change than before it, or nothing: of what it deletes or renames. */
export function namesPassedOn(request: ChangeRequest): readonly string[] {
  const { ends, renames } = described(request);
  const target = targetOf(request);
  if (ends === true) return [target];
  const renamed = renames?.(request.input) ?? target;
  return renamed === target ? [] : [target, renamed];
}

/** ARN of the permissions boundary that what a change is about has after it; null: none; undefined: the one that it had. */
export function boundaryAfter(request: ChangeRequest): string | null | undefined {
  return described(request).boundary?.(request.input);
}

function attemptedOf(request: ChangeRequest, marks: Attempted['parameters'], catalog: Catalog): Attempted {
  const { action: actionOf } = described(request);
  const action = typeof actionOf === 'string' ? actionOf : actionOf(request.input, catalog);
  const target = targetOf(request);
  const parameters = parametersOf(request.input, target);
  const event = action.split(':', 2)[1] ?? action;
  return { event, action, target, parameters: { ...parameters, ...marks } };
}

/** Throws FailedChange for the first change whose input is wrong whatever the directory holds. */
async function checkInputs(changes: readonly ChangeRequest[]): Promise<void> {
  for (const [index, change] of changes.entries()) {
    await asOneOf(index, () => described(change).check?.(change.input));
    // A long document takes a part of a millisecond: of many, others are let in between.
    if (turnIsOver()) await nextTurn();
  }
}

/** The changes of the entities of `directory`, audited. */
export function createEntityChanges({
  directory: { audit, entities, previews },
}: {
  readonly directory: Pick<SessionDirectory, 'audit' | 'entities' | 'previews'>;
}): EntityChanges & ChangeSets {
  const applyChanges: ChangeSets['applyChanges'] = (caller, changes, now, origin = {}, options = {}) => {
    const attempted = changes.map((change) =>
      attemptedOf(change, options.dryRun === true ? OF_DRY_RUN : undefined, entities.catalog),
    );
    return auditedAll(audit, aCall(caller, now, origin), attempted, async (events) => {
      await checkInputs(changes);
      const steps = changes.map((change, index) => ({ ...change, event: events[index] }));
      return withKnownConflicts(options, (each) => entities.make(steps, each));
    });
  };
  const previewChanges: ChangeSets['previewChanges'] = (caller, changes, now, origin = {}, options = {}) => {
    const attempted = changes.map((change) => attemptedOf(change, OF_PREVIEW, entities.catalog));
    return auditedAll(audit, aCall(caller, now, origin), attempted, async (events) => {
      await checkInputs(changes);
      return previews.begin(
        changes.map((change, index) => ({ ...change, event: events[index] })),
        options,
      );
    });
  };
  const single = CHANGE_NAMES.map((name) => [
    name,
    (caller: Caller, input: never, now: number, origin?: Partial<CallOrigin>, options?: ChangeOptions) =>
      // as: the input is the one of this name
      asOnlyOne(() => applyChanges(caller, [{ name, input } as ChangeRequest], now, origin, options)),
  ]);
  // as: there is one of each name
  return { ...(Object.fromEntries(single) as EntityChanges), applyChanges, previewChanges };
}
