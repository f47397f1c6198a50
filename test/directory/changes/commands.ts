import * as fc from 'fast-check';
import { expect } from 'vitest';
import { type Access, createAccess } from '../../../src/access/access.ts';
import type { Answer } from '../../../src/access/question.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import type { ChangeName } from '../../../src/directory/entities/changes.ts';
import type { ChangeStep, MadeChanges } from '../../../src/directory/entities/entity-store.ts';
import { FailedChange } from '../../../src/directory/entities/failed-change.ts';
import { Conflict } from '../../../src/directory/entities/untouched.ts';
import type {
  IndexedHolder,
  IndexedPolicy,
  IndexedPrincipal,
} from '../../../src/directory/principals/indexed-principals.ts';
import type { OpenDirectory } from '../../../src/directory/prisma/open-directory.ts';
import type { AttachedPolicy } from '../../../src/evaluation/applicable-policies.ts';
import type { PreparedPrincipal } from '../../../src/evaluation/prepare.ts';
import { principalIdOf } from '../../../src/policy/principal-id.ts';
import { A, aRole, roleArn, trusts } from '../../support/policies.ts';
import { aQuestion, aSubject, NOON, refOf } from '../../support/questions.ts';
import type { TakenDatabase } from '../../support/recycled-database.ts';
import { type Effect, MODELLED, type Model, Refused } from './model.ts';
import {
  type Asked,
  DOCUMENTS,
  GROUPS,
  groupArn,
  policyArn,
  READ_ONLY,
  RESOURCES,
  ROLES,
  TRUSTS,
  USERS,
} from './world.ts';

/** The directory, with a memory that lives as long as the sequence of changes. */
export interface Real {
  readonly database: TakenDatabase;
  readonly directory: OpenDirectory;
  readonly catalog: Catalog;
}

const user = fc.record({ userArn: fc.constantFrom(...USERS) });
const role = fc.record({ roleArn: fc.constantFrom(...ROLES) });
const inlineName = fc.record({ policyName: fc.constantFrom('a', 'b', 'c') });
const inline = fc.record({
  policyName: fc.constantFrom('a', 'b', 'c'),
  policyDocument: fc.constantFrom(...DOCUMENTS.keys()),
});
const attached = fc.record({
  policyArn: fc.constantFrom(...['p0', 'p1', 'p2', 'p3', 'p4', 'none'].map(policyArn), READ_ONLY),
});
const boundary = fc.record({
  permissionsBoundary: fc.constantFrom(...['p0', 'p1', 'p2', 'none'].map(policyArn), READ_ONLY),
});
const group = fc.record({ groupArn: fc.constantFrom(...[...GROUPS.keys()].slice(0, 4), groupArn('none')) });
const trust = fc.record({ policyDocument: fc.constantFrom(...TRUSTS.keys()) });
const deletion = fc.record({ withDependents: fc.boolean() });
const AT = { accountId: A, partition: 'aws', path: '/' };
const someBoundary = fc.oneof(fc.constant({}), boundary);
const newUser = fc.record({ userName: fc.constantFrom('u0', 'u1') }).map((name) => ({ ...AT, ...name }));
const newRole = fc
  .record({ roleName: fc.constantFrom('r0', 'r1'), assumeRolePolicyDocument: fc.constantFrom(...TRUSTS.keys()) })
  .map((given) => ({ ...AT, ...given }));
const key = fc.constantFrom('team', 'Team', 'stage');
const tags = fc.array(fc.record({ key, value: fc.constantFrom('a', 'b') }), { minLength: 1, maxLength: 1 });
const tagged = fc.record({ tags });
const untagged = fc.record({ tagKeys: fc.array(key, { minLength: 1, maxLength: 2 }) });
const version = fc.record({
  policyArn: fc.constantFrom(...['p0', 'p1', 'none'].map(policyArn)),
  versionId: fc.constantFrom('v1', 'v2', 'v3', 'v4'),
});
const newVersion = fc.record({
  policyArn: fc.constantFrom(...['p0', 'p1', 'none'].map(policyArn)),
  policyDocument: fc.constantFrom(...[...DOCUMENTS.keys()].slice(0, 3)),
  setAsDefault: fc.boolean(),
});

const both = (...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map((each) => Object.assign({}, ...each) as object); // as: records

/** Inputs for each kind of change that is modelled. */
const INPUTS: { readonly [Name in ChangeName]?: fc.Arbitrary<object> } = {
  deleteUser: both(user, deletion),
  putUserPolicy: both(user, inline),
  deleteUserPolicy: both(user, inlineName),
  attachUserPolicy: both(user, attached),
  detachUserPolicy: both(user, attached),
  putUserPermissionsBoundary: both(user, boundary),
  deleteUserPermissionsBoundary: user,
  addUserToGroup: both(user, group),
  removeUserFromGroup: both(user, group),
  createUser: both(newUser, someBoundary),
  tagUser: both(user, tagged),
  untagUser: both(user, untagged),
  putGroupPolicy: both(group, inline),
  deleteGroupPolicy: both(group, inlineName),
  attachGroupPolicy: both(group, attached),
  detachGroupPolicy: both(group, attached),
  createRole: both(newRole, someBoundary),
  tagRole: both(role, tagged),
  untagRole: both(role, untagged),
  createPolicyVersion: newVersion,
  setDefaultPolicyVersion: version,
  deletePolicyVersion: version,
  deleteRole: both(role, deletion),
  putRolePolicy: both(role, inline),
  deleteRolePolicy: both(role, inlineName),
  attachRolePolicy: both(role, attached),
  detachRolePolicy: both(role, attached),
  updateAssumeRolePolicy: both(role, trust),
  putRolePermissionsBoundary: both(role, boundary),
  deleteRolePermissionsBoundary: role,
};

export const INPUT_NAMES = Object.keys(INPUTS);

const step: fc.Arbitrary<ChangeStep> = fc.oneof(
  ...Object.entries(INPUTS).map(([name, inputs]) => ({
    weight: name.startsWith('delete') && !/Policy|Boundary/.test(name) ? 1 : 2,
    // as: each name has inputs of its own
    arbitrary: inputs.map((input) => ({ name, input }) as unknown as ChangeStep),
  })),
);

type Expected = { readonly made: Effect; readonly after: Model } | { readonly code: string; readonly index: number };

function expectedOf(model: Model, steps: readonly ChangeStep[]): Expected {
  const after = model.copy();
  const effects: Effect[] = [];
  for (const [index, { name, input }] of steps.entries()) {
    try {
      // as: the model of this name takes its input
      effects.push((MODELLED[name] as (model: Model, input: object) => Effect)(after, input));
    } catch (error) {
      if (error instanceof Refused) return { code: error.code, index };
      throw error;
    }
  }
  const touches = [...new Set(effects.flatMap((each) => each.touches))];
  return { made: { touches, reads: effects.flatMap((each) => each.reads) }, after };
}

/** Some changes at once, with a revision that was current some changes ago (null: none), or for trying only. */
interface SomeChanges {
  readonly steps: readonly ChangeStep[];
  readonly ago: number | null;
  readonly dryRun: boolean;
}

/** Makes the changes, and compares the answer with what the model expects. */
async function makeAndCompare(model: Model, real: Real, { steps, ago, dryRun }: SomeChanges): Promise<void> {
  const expected = expectedOf(model, steps);
  const since = ago === null ? null : (model.revisions.at(-1 - ago) ?? model.revisions[0] ?? null);
  const before = await real.directory.revision();
  const made = real.directory.entities.make(steps, { expectedRevision: since, dryRun });
  const answer = await made.catch((error: unknown) => error);
  if ('code' in expected) {
    expect(answer).toBeInstanceOf(FailedChange);
    expect(answer).toMatchObject({ code: expected.code, index: expected.index });
    return;
  }
  const { touches, reads } = expected.made;
  const later = new Set(
    [...touches, ...reads].filter((name) => since !== null && (model.touchedAt.get(name) ?? 0n) > since),
  );
  const { touched } = answer as Pick<MadeChanges, 'touched'>; // as: an answer and a conflict both have it
  const named = new Set(touched.map(({ entity, entityId }) => `${entity} ${entityId}`));
  if (later.size > 0) {
    expect(answer).toBeInstanceOf(Conflict);
    expect(named).toEqual(later);
    return;
  }
  expect(answer).not.toBeInstanceOf(Error);
  expect(named).toEqual(new Set(touches));
  if (dryRun) return;
  const { revision } = answer as MadeChanges; // as: it is no error
  expect(revision).toBe(touches.length === 0 ? before : before + 1n);
  model.become(expected.after);
  note(model, touches, revision);
}

class Changes implements fc.AsyncCommand<Model, Real> {
  readonly #asked: SomeChanges;

  constructor(asked: SomeChanges) {
    this.#asked = asked;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await makeAndCompare(model, real, this.#asked);
    await agree(model, real);
  }

  toString(): string {
    const { steps, ago, dryRun } = this.#asked;
    const shownSteps = steps.map(({ name, input }) => `${name} ${JSON.stringify(input).slice(0, 200)}`);
    return `${dryRun ? 'try ' : ''}[${shownSteps.join('; ')}]${ago === null ? '' : ` as of ${ago} ago`}`;
  }
}

export function note(model: Model, touches: readonly string[], revision: bigint): void {
  for (const name of touches) model.touchedAt.set(name, revision);
  if (model.revisions.at(-1) !== revision) model.revisions.push(revision);
}

/** Makes an entity again that was deleted: it has the same name, and is another one. */
class Again implements fc.AsyncCommand<Model, Real> {
  readonly #arn: string;

  constructor(arn: string) {
    this.#arn = arn;
  }

  check(model: Readonly<Model>): boolean {
    return !model.holders.has(this.#arn);
  }

  async run(model: Model, real: Real): Promise<void> {
    const arn = this.#arn;
    const document = arn.includes(':user/')
      ? { users: [{ arn }] }
      : { roles: [aRole('', [trusts({ AWS: A })], [], { arn })] };
    const { revision } = await real.directory.apply(document);
    const rows = await real.database.query<{ name: string }>(
      `SELECT entity || ' ' || "entityId" AS name FROM "DirectoryChange" WHERE revision = $1::text::bigint`,
      [String(revision)],
    );
    model.create(arn);
    note(
      model,
      rows.map(({ name }) => name),
      revision,
    );
    await agree(model, real);
  }

  toString(): string {
    return `again ${this.#arn}`;
  }
}

const decided = (access: Access, questions: readonly (readonly [string, string, string])[]) =>
  access.decide(
    questions.map(([arn, action, resource]) => aQuestion(arn, action, resource)),
    NOON,
  );

/** What an answer says. */
function shown({ decision }: Answer): object {
  const { effect, deniedBy, reason, matchedStatements } = decision;
  const matched = matchedStatements.map(({ layer, policy, holder, index, documentText }) => [
    layer,
    policy,
    holder,
    index,
    documentText,
  ]);
  return { effect, deniedBy, reason, matched };
}

/** What is attached to a principal. */
function policiesOf(principal: PreparedPrincipal | undefined): object | null {
  const source = principal?.policies?.source;
  if (source === undefined) return null;
  const told = ({ id, name, arn, holder, policy }: AttachedPolicy) => ({
    id,
    name,
    arn,
    holder,
    text: policy.source.text,
  });
  return { identity: source.identity.map(told), boundary: source.boundary && told(source.boundary) };
}

/** What an index holds. */
async function indexed(directory: OpenDirectory): Promise<unknown> {
  const index = await directory.principals();
  const policy = (one: IndexedPolicy | null) => one && [one.arn, one.document.hash, one.document.isWhole];
  const holder = ({ arn, inline, attached: policies }: IndexedHolder) => [
    arn,
    inline.map(({ hash }) => hash),
    policies.map(policy),
  ];
  const told = (one: IndexedPrincipal) => [
    ...holder(one),
    one.id,
    one.tags,
    one.groups.map(holder).sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
    policy(one.boundary),
  ];
  return { revision: index?.revision, users: index?.users.map(told), roles: index?.roles.map(told) };
}

/** Searches find exactly those whom the model allows. */
async function searchesAgree(model: Model, access: Access, principals: readonly string[]): Promise<void> {
  const inOrder = principals.toSorted(
    (a, b) => Number(a.includes(':role/')) - Number(b.includes(':role/')) || (a < b ? -1 : 1),
  );
  for (const [action, resource] of Object.entries(RESOURCES)) {
    const { subject: _, ...question } = aQuestion(A, action, resource, { resourceAccount: A });
    const { entries } = await access.whoCan(question, { limit: 100 }, NOON);
    const listed = entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
    // as: its keys are actions
    expect([action, ...listed]).toEqual([action, ...inOrder.filter((arn) => model.allows(arn, action as Asked))]);
  }
  const roles = inOrder.filter((arn) => arn.includes(':role/'));
  for (const arn of inOrder) {
    const others = roles.filter((each) => each !== arn);
    const found = await access.assumableRoles(aSubject(arn), {}, NOON);
    const reached = found.map(({ roleArn: each }) => each).filter((each) => each !== arn);
    expect([arn, ...reached.sort()]).toEqual([arn, ...others.filter((each) => model.mayAssume(arn, each))]);
  }
}

/** The memory answers as the model says, and as a directory that has just been opened. */
async function agree(model: Model, { database, directory, catalog }: Real): Promise<void> {
  expect(await directory.revision()).toBe(model.revisions.at(-1));
  const principals = [...model.holders].filter(([, { kind }]) => kind !== 'Group').map(([arn]) => arn);
  const roles = principals.filter((arn) => arn.startsWith(roleArn('')));
  const asked = Object.entries(RESOURCES) as readonly (readonly [Asked, string])[]; // as: its keys are actions
  const questions = principals.flatMap((arn) => [
    ...asked.map(([action, resource]) => [arn, action, resource] as const),
    ...roles.filter((each) => each !== arn).map((each) => [arn, 'sts:AssumeRole', each] as const),
  ]);
  const expected = principals.flatMap((arn) => [
    ...asked.map(([action]) => model.allows(arn, action)),
    ...roles.filter((each) => each !== arn).map((each) => model.mayAssume(arn, each)),
  ]);
  const access = createAccess(directory, catalog);
  const answers = await decided(access, questions);
  const told = (allowed: readonly boolean[]) => questions.map((question, index) => [...question, allowed[index]]);
  expect(told(answers.map(({ decision }) => decision.allowed))).toEqual(told(expected));
  await searchesAgree(model, access, principals);
  const fresh = await database.openDirectory();
  try {
    expect(await indexed(directory)).toEqual(await indexed(fresh));
    const anew = await decided(createAccess(fresh, catalog), questions);
    expect(answers.map(shown)).toEqual(anew.map(shown));
    const refs = [...USERS, ...ROLES].map(refOf);
    const request = { principals: refs, roles: ROLES, resources: [], now: NOON };
    const [warm, cold] = [await directory.gather(request), await fresh.gather(request)];
    for (const ref of refs) {
      const [one, other] = [warm.principal(ref)?.value, cold.principal(ref)?.value];
      expect(one?.facts).toEqual(other?.facts);
      expect(policiesOf(one)).toEqual(policiesOf(other));
    }
  } finally {
    await fresh.close();
  }
}

/** Sequences of changes. */
export const sequences = fc.commands<Model, Real, false>(
  [
    fc
      .tuple(
        fc.array(step, { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat({ max: 3 }), { freq: 2, nil: null }),
        fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
      )
      .map(([steps, ago, dryRun]) => new Changes({ steps, ago, dryRun })),
    fc.constantFrom(...USERS, ...ROLES).map((arn) => new Again(arn)),
  ] as never, // as: all of them are of one model
  { maxCommands: 25 },
);
