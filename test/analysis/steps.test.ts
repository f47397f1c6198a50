import { describe, expect, it } from 'vitest';
import { assumptionActions } from '../../src/access/assume.ts';
import { Work } from '../../src/access/work.ts';
import { effectivePermissions } from '../../src/access/work-out-permissions.ts';
import { cellsOf } from '../../src/analysis/cells.ts';
import { intersectPatterns, overlap, tokensOf } from '../../src/analysis/wildcard.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { CatalogAction } from '../../src/catalog/catalog-service.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import type { Steps } from '../../src/policy/steps.ts';
import { readTemplate } from '../../src/policy/variable.ts';
import { validatePolicy } from '../../src/validation/validate-policy.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aSubject, NOON } from '../support/questions.ts';

// Work is cut into steps, and limits are looked at inside of loops: counted in comparisons, not in time.

const catalog = await openCatalog();
const LONG = { time: 1_000_000, cpu: 1_000_000 };

/** What the steps count to, and the largest of them. */
function counted(steps: Steps<unknown>): { readonly sum: number; readonly largest: number; readonly count: number } {
  let [sum, largest, count] = [0, 0, 0];
  for (const units of steps) {
    sum += units;
    largest = Math.max(largest, units);
    count += 1;
  }
  return { sum, largest, count };
}

/** Statements that cannot be joined. */
function many(count: number, mark: string) {
  return Array.from({ length: count }, (_, n) => ({
    Effect: 'Allow',
    NotAction: [`ec2:Run${mark}${n}*`],
    NotResource: [`arn:aws:s3:::${mark}-${n}-*/a*b*c`],
    Condition: { StringLike: { 'aws:UserAgent': `*${mark}${n}*` } },
  }));
}

const [assumeRole] = catalog.actionsOf('sts').filter(({ name }) => name === 'sts:AssumeRole') as [CatalogAction]; // as: AWS has it

const boundary = `arn:aws:iam::${A}:policy/boundary`;

/** `documents`: so many different trust documents. */
function permissionsWith(roles: number, work: Work, documents = roles) {
  const document = {
    policies: [
      {
        arn: boundary,
        defaultVersionId: 'v1',
        versions: [{ versionId: 'v1', document: policy(...many(30, 'bound')) }],
      },
    ],
    users: [aUser('hostile', many(30, 'own'), { permissionsBoundary: boundary })],
    roles: Array.from({ length: roles }, (_, n) =>
      aRole(`R${n}`, [{ ...trusts({ AWS: A }), Sid: `S${n % documents}` }]),
    ),
  };
  const directory = new MemoryDirectory(document, catalog);
  const tools = { directory, catalog, actions: assumptionActions(catalog), work };
  return effectivePermissions(tools, aSubject(userArn('hostile')), new Map(), NOON);
}

describe('closed forms', () => {
  it('of 30 statements, a boundary of 30 and many trusting roles are given up as soon as there are too many terms', async () => {
    const work = new Work(LONG);
    const permissions = await permissionsWith(100, work);
    const before = work.units;
    await expect(work.run(permissions.setOf(assumeRole))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('more than 5000 terms'),
    });
    // 30 x 30 terms for each of the 100 roles would be 90,000 intersections.
    expect(work.units - before).toBeLessThan(20_000);
  });

  it('of many roles with the same trust document have one term for all of them', async () => {
    const work = new Work(LONG);
    const permissions = await permissionsWith(100, work, 1);
    const { allow } = await work.run(permissions.setOf(assumeRole));
    const letIn = allow.filter(({ statements }) => statements.some(({ layer }) => layer === 'TRUST_POLICY'));
    // Each statement of the user with each of the boundary.
    expect(letIn.length).toBe(900);
    expect(new Set(letIn.map(({ resources }) => resources[0]?.length))).toEqual(new Set([100]));
    const trusting = letIn[0]?.statements.filter(({ layer }) => layer === 'TRUST_POLICY') ?? [];
    expect(trusting.map(({ holder }) => holder)).toHaveLength(100);
    expect(new Set(trusting.map(({ policy }) => policy)).size).toBe(100);
  });

  it('of a role among others with the same trust document have its statement alone', async () => {
    const trust = [trusts({ AWS: `arn:aws:iam::${A}:root` })];
    const one = aUser('one', [allow('sts:AssumeRole', roleArn('R0')), allow('sts:AssumeRole', roleArn('S*'))]);
    const document = { users: [one], roles: ['R0', 'R1', 'S0', 'S1'].map((name) => aRole(name, trust)) };
    const directory = new MemoryDirectory(document, catalog);
    const tools = { directory, catalog, actions: assumptionActions(catalog), work: new Work(LONG) };
    const permissions = await effectivePermissions(tools, aSubject(userArn('one')), new Map(), NOON);
    const listed = await permissions.listed({}).after(null, 100);
    const terms = listed.find(({ action }) => action === 'sts:AssumeRole')?.allow ?? [];
    const trusted = terms.map(({ statements }) =>
      statements.filter(({ layer }) => layer === 'TRUST_POLICY').map(({ policy }) => policy),
    );
    expect(trusted).toEqual([[roleArn('R0')], [roleArn('S0'), roleArn('S1')]]);
  });

  it('say that actions are allowed without making all their terms', async () => {
    const work = new Work(LONG);
    const permissions = await permissionsWith(100, work);
    const before = work.units;
    const summary = await permissions.summary();
    expect(summary.find(({ service }) => service === 'sts')?.accessLevels).toContain('WRITE');
    // Those of sts:AssumeRole alone would be 90,000 intersections.
    expect(work.units - before).toBeLessThan(1_000_000);
  });

  it('of an action with more terms than can be listed leave out this action, and name it', async () => {
    const of = (count: number, name: (n: number) => string) =>
      Array.from({ length: count }, (_, n) => allow('s3:GetObject', `arn:aws:s3:::b/${name(n)}`));
    const limit = {
      arn: boundary,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: policy(...of(300, (n) => `*-${n}`), allow('sqs:*')) }],
    };
    const user = aUser('many', [...of(200, (n) => `${n}-*`), allow('sqs:SendMessage')], {
      permissionsBoundary: boundary,
    });
    const directory = new MemoryDirectory({ policies: [limit], users: [user] }, catalog);
    const tools = { directory, catalog, actions: assumptionActions(catalog), work: new Work(LONG) };
    const permissions = await effectivePermissions(tools, aSubject(userArn('many')), new Map(), NOON);
    expect(await permissions.partial()).toEqual(['s3:GetObject']);
    const listed = await permissions.permissions();
    expect(listed.map(({ action }) => action)).toEqual(['sqs:SendMessage', 'sts:GetCallerIdentity']);
    expect((await permissions.summary()).map(({ service }) => service)).toEqual(['s3', 'sqs', 'sts']);
  });

  it('let others have their turn, and end when nobody waits any more', async () => {
    const work = new Work(LONG);
    const permissions = await permissionsWith(1, work);
    let others = 0;
    const other = (): void => {
      others += 1;
      if (others === 3) work.stop();
      else setImmediate(other);
    };
    setImmediate(other);
    await expect(permissions.summary()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(others).toBe(3);
  });
});

describe('patterns', () => {
  const tokens = (text: string) => tokensOf(readTemplate(text, { variables: false, wildcards: true }), false);

  it('of any length are compared in bounded time: the answer is the one that proves nothing', () => {
    const long = tokens('ab'.repeat(50_000));
    expect(overlap(long, tokens(`${'ab'.repeat(49_999)}xx`))).toBe(true);
    expect(overlap(tokens('ab'), tokens('xx'))).toBe(false);
  });

  it('with many wildcards are not multiplied out', () => {
    expect(intersectPatterns(tokens('*a*'.repeat(200)), tokens('*b*'.repeat(200)))).toBeNull();
    expect(intersectPatterns(tokens('ab*'), tokens('*bc'))).toHaveLength(2);
  });

  it('are divided into cells in small steps', () => {
    const others = Array.from({ length: 12 }, (_, n) => tokens(`*${n}*${n}x*`));
    const { largest, count } = counted(cellsOf(tokens('b/*'), others));
    expect(count).toBeGreaterThan(100);
    expect(largest).toBeLessThan(1000);
  });
});

describe('a document of 260,000 characters is validated in small steps', () => {
  const filled = (part: (n: number) => string): string[] => {
    const parts: string[] = [];
    for (let length = 0; length < 255_000; length += (parts.at(-1)?.length ?? 0) + 3) parts.push(part(parts.length));
    return parts;
  };
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };

  it.each([
    ['actions', { ...allow, Action: filled((n) => `ec2:*a*b${n}*`) }],
    ['resources', { ...allow, Action: 'ec2:*', Resource: filled((n) => `arn:aws:ec2:*:*:*a*b*${n}*`) }],
    ['services that are not there', { ...allow, Action: filled((n) => `s${n}:x`) }],
  ])('of many %s', (_name, statement) => {
    const text = policy(statement);
    const { largest, count } = counted(validatePolicy(catalog, text, 'identity'));
    // A step reads the whole document once, or is about one entry of it.
    expect(largest).toBeLessThanOrEqual(text.length);
    expect(count).toBeGreaterThan(5000);
  });

  it('with at most 1,000 findings, which are looked for no further', () => {
    const text = policy(...filled(() => 'x').map((one) => one as unknown as JsonObject));
    const steps = validatePolicy(catalog, text, 'identity');
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done !== true) continue;
      expect(step.value).toHaveLength(1000);
      break;
    }
  });
});
