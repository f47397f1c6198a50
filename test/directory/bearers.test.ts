import { expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Directory } from '../../src/directory/directory.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { NOON } from '../support/questions.ts';
import { ALICE, APP, allow, BASE, BOB, BUCKET, grant, HERE, ref, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

// Effective permissions look at the policies that can concern a principal, by what the directory knows of them all. That changes no
// answer: it is the one of looking at every policy, after every change.

const catalog = await openCatalog();
const KEY = `arn:aws:kms:eu-west-1:${HERE}:key/one`;
const POINT = `arn:aws:s3:eu-west-1:${HERE}:accesspoint/point`;
const BEHIND = 'arn:aws:s3:::behind';
const INSIDE = `${BUCKET}/inside`;

const lets = (principal: string, action: string): string => grant(principal, action, '*');

const WORLD: DirectoryDocument = {
  ...BASE,
  resources: [
    ...(BASE.resources ?? []),
    { arn: KEY, accountId: HERE, policy: lets(ALICE, 'kms:Decrypt') },
    { arn: BEHIND, accountId: HERE },
    { arn: POINT, accountId: HERE, accessPoint: { bucket: BEHIND, vpcId: null } },
  ],
};

const CHANGES: Readonly<Record<string, DirectoryDocument>> = {
  'a policy names somebody else': { resources: [{ arn: KEY, accountId: HERE, policy: lets(BOB, 'kms:Decrypt') }] },
  'a policy names an account': {
    resources: [{ arn: KEY, accountId: HERE, policy: lets(`arn:aws:iam::${HERE}:root`, 'kms:*') }],
  },
  'a policy names everybody': { resources: [{ arn: BUCKET, accountId: THERE, policy: lets('*', 's3:GetObject') }] },
  'a policy is gone': { resources: [{ arn: BUCKET, accountId: THERE, policy: null }] },
  'the bucket behind an access point has a policy': {
    resources: [{ arn: BEHIND, accountId: HERE, policy: lets(ALICE, 's3:GetObject') }],
  },
  'a resource inside another one has a policy of its own': {
    resources: [{ arn: INSIDE, accountId: THERE, policy: lets(BOB, 's3:PutObject') }],
  },
  'a trust policy names somebody else': { roles: [{ arn: APP, trustPolicy: grant(BOB, 'sts:AssumeRole') }] },
  'a role is new': {
    roles: [{ arn: `arn:aws:iam::${HERE}:role/New`, trustPolicy: grant(ALICE, 'sts:AssumeRole') }],
  },
  'a user has more policies': {
    users: [{ arn: ALICE, inlinePolicies: [{ name: 'More', document: allow('sts:AssumeRole') }] }],
  },
};

const PRINCIPALS = [ALICE, BOB, APP];

/** What each principal may do, as it is answered. */
async function answers(directory: Directory): Promise<readonly unknown[]> {
  const access = createAccess(directory, catalog);
  const all: unknown[] = [];
  for (const principal of PRINCIPALS) {
    const subject = { principal: ref(principal), assumedRole: null, session: null };
    const found = await access.effectivePermissions(subject, new Map(), NOON);
    const services = ['s3', 'kms', 'sts'];
    all.push([
      principal,
      await found.permissions({ services }),
      await found.permissions({ services, resource: `${BUCKET}/inside` }),
      await found.gaps(),
    ]);
  }
  return all;
}

/** The directory without that knowledge: every policy is looked at. */
function unknowing(directory: OpenDirectory): Directory {
  return new Proxy(directory, {
    get: (target, name) => {
      if (name === 'bearers') return async () => null;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describeInBothStores('bearers of policies', (store) => {
  test('what is known of them changes no answer, after any change', async () => {
    const directory = await store.open(WORLD);
    expect(await directory.bearers()).not.toBeNull();
    expect(await answers(directory)).toEqual(await answers(unknowing(directory)));
    for (const [name, change] of Object.entries(CHANGES)) {
      await directory.apply(change);
      expect([name, await answers(directory)]).toEqual([name, await answers(unknowing(directory))]);
    }
  });

  test('nothing is read for another principal, and only what changed after a change', async () => {
    const directory = await store.open(WORLD);
    await answers(directory);
    await answers(directory);
    store.statements.length = 0;
    await answers(directory);
    const ofScan = (sql: string): boolean => sql.includes('SELECT arn FROM');
    expect(store.statements.filter(ofScan)).toEqual([]);
    await directory.apply({ resources: [{ arn: KEY, accountId: HERE, policy: lets(BOB, 'kms:Decrypt') }] });
    store.statements.length = 0;
    await answers(directory);
    expect(store.statements.filter(ofScan)).toHaveLength(1);
    await directory.apply({ users: [{ arn: ALICE, inlinePolicies: [] }] });
    store.statements.length = 0;
    await answers(directory);
    expect(store.statements.filter(ofScan)).toEqual([]);
  });
});
