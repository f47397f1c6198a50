/** Accounts as AWS printed them, changed at random: what a preview says is what comes of it, and what is indexed is what is there. */
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { EffectivePermissions } from '../../src/access/effective-permissions.ts';
import { comparePermissions } from '../../src/access/previews/compared.ts';
import { previewChange } from '../../src/access/previews/preview-change.ts';
import type { Subject } from '../../src/access/question.ts';
import { Work } from '../../src/access/work.ts';
import { effectivePermissions } from '../../src/access/work-out-permissions.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Directory } from '../../src/directory/directory.ts';
import type { ChangeStep } from '../../src/directory/entities/entity-store.ts';
import { FailedChange } from '../../src/directory/entities/failed-change.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDatabase } from '../support/recycled-database.ts';
import { runs } from '../support/runs.ts';
import { askedIn, REAL_ACCOUNTS, type RealAccount } from './real-accounts.ts';

const catalog = await openCatalog();
/** How much there was to look at, of all accounts together. */
const seen = { made: 0, told: 0, listed: 0 };
afterAll(() => {
  const none = Object.entries(seen).flatMap(([name, count]) => (count === 0 ? [name] : []));
  if (none.length > 0) throw new Error(`nothing was ${none.join(', ')}`);
});

/** Changes of what stands in the account, with documents that stand in it. */
function changesOf({ document, identityTexts, trustTexts }: RealAccount): fc.Arbitrary<ChangeStep> {
  const { users = [], roles = [], groups = [], policies = [] } = document;
  const some = (list: readonly { readonly arn: string }[], name: string) =>
    list.length === 0 ? null : fc.constantFrom(...list).map(({ arn }) => ({ [name]: arn }));
  const user = some(users, 'userArn');
  const role = some(roles, 'roleArn');
  const group = some(groups, 'groupArn');
  const managed = some(policies, 'policyArn');
  const boundary = some(policies, 'permissionsBoundary');
  const text = fc.constantFrom(...identityTexts).map((policyDocument) => ({ policyDocument }));
  const trust =
    trustTexts.length === 0 ? null : fc.constantFrom(...trustTexts).map((policyDocument) => ({ policyDocument }));
  const inline = fc.constant({ policyName: 'drawn' });
  const whole = fc.constant({ withDependents: true });
  const all: (fc.Arbitrary<ChangeStep> | null)[] = [];
  const step = (name: ChangeStep['name'], ...parts: readonly (fc.Arbitrary<object> | null)[]): void => {
    const given = parts.filter((part) => part !== null);
    if (given.length < parts.length) return;
    // as: the parts are those of the change of this name
    all.push(fc.tuple(...given).map((list) => ({ name, input: Object.assign({}, ...list) }) as ChangeStep));
  };
  step('putUserPolicy', user, inline, text);
  step('putRolePolicy', role, inline, text);
  step('putGroupPolicy', group, inline, text);
  step('attachUserPolicy', user, managed);
  step('attachRolePolicy', role, managed);
  step('detachUserPolicy', user, managed);
  step('addUserToGroup', user, group);
  step('putUserPermissionsBoundary', user, boundary);
  step('putRolePermissionsBoundary', role, boundary);
  step('updateAssumeRolePolicy', role, trust);
  step('deleteUser', user, whole);
  step('deleteRole', role, whole);
  step('deleteGroup', group, whole);
  return fc.oneof(...all.filter((one) => one !== null));
}

/** The directory without what it knows of all principals together: each is looked at. */
function unknowing(directory: OpenDirectory): Directory {
  return new Proxy(directory, {
    get: (target, name) => {
      if (name === 'principals' || name === 'bearers') return async () => null;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function nameOf({ principal, assumedRole }: Pick<Subject, 'principal' | 'assumedRole'>): string {
  return assumedRole === null ? principalIdOf(principal) : `${principalIdOf(principal)} in ${assumedRole}`;
}

/** Whoever recorded the other one replaced its names, so that several have the same: no directory holds it. */
const STORED = REAL_ACCOUNTS.filter(({ name }) => name !== 'localstack-recorded-aws-responses');

describe.each(STORED.map((account) => [account.name, account] as const))('%s', (_name, account) => {
  const { document, principals, roles, identityTexts, accountIds } = account;
  const asked = askedIn(catalog, identityTexts, [...principals, 'arn:aws:s3:::example-bucket']);
  const subject = fc
    .tuple(fc.constantFrom(...principals), fc.option(fc.constantFrom(...(roles.length === 0 ? principals : roles))))
    .map(([arn, role]) => aSubject(arn, roles.length === 0 || role === arn ? null : role));

  it('a preview says what making the changes and asking again says, and indexes hold what is there after each', async () => {
    const database = await takeDatabase();
    const directory = await database.openDirectory();
    try {
      await directory.apply(document);
      const tools = () => {
        const access = createAccess(directory, directory.catalog);
        const work = new Work({ time: 600_000, cpu: 600_000 });
        return { directory, catalog: directory.catalog, actions: access.assumptionActions, work };
      };
      const permissionsOf = async (one: Subject): Promise<EffectivePermissions | null> => {
        try {
          return await effectivePermissions(tools(), one, new Map(), NOON);
        } catch (error) {
          if (error instanceof RolegateError && error.code === 'NOT_FOUND') return null;
          throw error;
        }
      };
      const differencesOf = async (before: EffectivePermissions | null, after: EffectivePermissions | null) =>
        (await new Work().run(comparePermissions(directory.catalog, before, after))).differences;
      await fc.assert(
        fc.asyncProperty(
          fc.array(changesOf(account), { minLength: 1, maxLength: 2 }),
          fc.array(subject, { minLength: 6, maxLength: 6 }),
          fc.array(asked, { minLength: 3, maxLength: 3 }),
          async (steps, drawn, questions) => {
            let preview: Awaited<ReturnType<OpenDirectory['previews']['begin']>>;
            try {
              preview = await directory.previews.begin(steps);
            } catch (error) {
              if (error instanceof FailedChange) return;
              throw error;
            }
            const said = await previewChange(tools(), preview, null, NOON);
            seen.told += said.accesses.length;
            const told = new Map(said.accesses.map((one) => [nameOf(one), one]));
            // Some of those of whom it tells, and some drawn ones.
            const looked = [...said.accesses.slice(0, 4).map((one) => ({ ...one, session: null })), ...drawn];
            const before = await Promise.all(looked.map(permissionsOf));
            await directory.entities.make(steps);
            seen.made += 1;
            for (const [at, one] of looked.entries()) {
              const expected = await differencesOf(before[at] ?? null, await permissionsOf(one));
              const name = nameOf(one);
              const isLookedAt = told.has(name) || said.isComplete;
              const differences = isLookedAt ? (told.get(name)?.differences ?? []) : expected;
              expect([name, differences]).toEqual([name, expected]);
            }

            const opened = await database.openDirectory();
            try {
              for (const { action, resource } of questions) {
                const { subject: _, ...question } = aQuestion(
                  principals[0] ?? '',
                  action,
                  resource,
                  ownerIn(accountIds, resource),
                );
                const ask = (each: Directory): Promise<unknown> =>
                  toldOr(async () => {
                    const access = createAccess(each, directory.catalog);
                    const found = await access.whoCan(question, { limit: 1_000, conditional: true }, NOON);
                    return {
                      total: found.total,
                      gaps: found.gaps,
                      outsiders: found.outsiders.map(({ kind, value }) => [kind, value]),
                      entries: found.entries.map(({ answer, conditions }) => [
                        principalIdOf(answer.question.subject.principal),
                        answer.decision.effect,
                        conditions,
                      ]),
                    };
                  });
                const indexed = await ask(directory);
                expect(indexed).toEqual(await ask(unknowing(opened)));
                if (typeof indexed === 'object') seen.listed += 1;
              }
              const [one] = drawn;
              if (one === undefined) return;
              const reach = (each: Directory): Promise<unknown> =>
                toldOr(async () => {
                  const access = createAccess(each, directory.catalog);
                  const found = await access.assumableRoles({ ...one, assumedRole: null }, { maxDepth: 2 }, NOON);
                  return found.map(({ roleArn, chain }) => [roleArn, chain]);
                });
              expect(await reach(directory)).toEqual(await reach(unknowing(opened)));
            } finally {
              await opened.close();
            }
          },
        ),
        { numRuns: runs(1), endOnFailure: true },
      );
    } finally {
      await directory.close();
      database.giveBack();
    }
  }, 600_000);
});

/** Whose a resource is of which the ARN does not say it. */
function ownerIn(accountIds: readonly string[], resource: string): { resourceAccount?: string } {
  return /^arn:aws:[^:]*:[^:]*::/.test(resource) ? { resourceAccount: accountIds[0] ?? '' } : {};
}

/** What `ask` says, or why it is refused. */
async function toldOr(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RolegateError) return error.message;
    throw error;
  }
}
