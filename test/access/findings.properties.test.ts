/** What is found in generated directories is proved by decisions, and whom policies let in from outside is found. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { FINDING_KINDS, type FindingKind } from '../../src/access/findings/finding.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, anOrganization, aRole, aUser, B, policy, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { runs } from '../support/runs.ts';
import { expectProof } from './finding-proofs.ts';
import { C, pairsOf, requestsFor } from './policy-checks/documents.ts';

const catalog = await openCatalog();
const BUCKET = 'arn:aws:s3:::b';
const POLICY = `arn:aws:iam::${A}:policy/P`;
const MANAGEMENT = '999999999999';
const WAYS = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

const texts = (kind: 'identity' | 'trust' | 'resource') => pairsOf([kind]).map(({ before, after }) => [before, after]);
/** Nobody is there whom it lets in. */
const OF_NOBODY = policy(trusts({ AWS: userArn('gone') }));
const { organizations, accounts } = anOrganization(MANAGEMENT, A);

const world: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    own: fc.tuple(texts('identity'), texts('identity')),
    trust: fc.oneof(
      { weight: 3, arbitrary: texts('trust') },
      { weight: 1, arbitrary: fc.constant([OF_NOBODY, OF_NOBODY]) },
    ),
    bucket: texts('resource'),
    inOrganization: fc.boolean(),
  })
  .map(({ own: [inline, others], trust, bucket, inOrganization }) => ({
    ...(inOrganization ? { organizations, accounts } : {}),
    users: [
      { ...aUser('alice'), inlinePolicies: [{ name: 'inline', document: inline[0] ?? '' }] },
      aUser('bob', [], { arn: `arn:aws:iam::${B}:user/bob`, attachedPolicies: [] }),
    ],
    roles: ['R', 'App'].map((name, at) => ({
      ...aRole(name, []),
      trustPolicy: trust[at] ?? '',
      inlinePolicies: [{ name: 'inline', document: others[at] ?? '' }],
    })),
    policies: [{ arn: POLICY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: inline[1] ?? '' }] }],
    resources: [{ arn: BUCKET, accountId: A, policy: bucket[0] ?? '' }],
  }));

/** Of all kinds that a document can stand in, the same for everything that is found. */
const requests = fc.record({
  identity: fc.array(requestsFor('identity'), { minLength: 20, maxLength: 20 }),
  trust: fc.array(requestsFor('trust'), { minLength: 20, maxLength: 20 }),
  resource: fc.array(requestsFor('resource'), { minLength: 20, maxLength: 20 }),
});

it('what is found is proved by decisions', async () => {
  const seen = new Set<FindingKind>();
  const property = fc.asyncProperty(world, requests, async (document, drawn) => {
    const access = createAccess(new MemoryDirectory(document, catalog), catalog);
    const holders = {
      users: (document.users ?? []).map(({ arn }) => arn),
      roles: (document.roles ?? []).map(({ arn }) => arn),
      resources: [BUCKET],
      policies: [POLICY],
      groups: new Set<string>(),
      roots: [],
      accountIds: null,
      endpoints: [],
    };
    const asked = { holders, kinds: new Set(FINDING_KINDS), mayRead: () => true };
    const { findings } = await access.findings(asked, NOON);
    // as: no other kinds are asked for
    const proving = { catalog, access, document, requests: (kind: string) => drawn[kind as keyof typeof drawn] ?? [] };
    for (const finding of findings) {
      seen.add(finding.kind);
      await expectProof(proving, finding);
    }

    // Whom the ordinary question tells of, outside the zone of trust, is found.
    const told = new Set(
      findings.flatMap(({ kind, arn, outsider }) =>
        kind.endsWith('ACCESS') && outsider !== null ? [`${arn} ${outsider.kind} ${outsider.value}`] : [],
      ),
    );
    for (const arn of holders.roles) {
      for (const action of WAYS) {
        const question = { action, resource: arn, resourceAccount: null, context: new Map(), path: '' };
        const { outsiders } = await access.whoCan(question, { limit: 1, conditional: true }, NOON);
        const outside = outsiders.filter(
          ({ kind, value }) => kind === 'PRINCIPAL' || (kind === 'ACCOUNT' && value === C),
        );
        for (const { kind, value } of outside) {
          if (value.includes(`:${A}:`)) continue;
          expect([action, ...told]).toContain(`${arn} ${kind} ${value}`);
        }
      }
    }
  });
  // Few runs can have little to look at: then there are more.
  const wanted: readonly FindingKind[] = [
    'CROSS_ACCOUNT_ACCESS',
    'DANGEROUS_GRANT',
    'SHADOWED_STATEMENT',
    'UNUSED_ROLE',
  ];
  for (let round = 0; round === 0 || (round < 30 && wanted.some((kind) => !seen.has(kind))); round += 1) {
    await fc.assert(property, { numRuns: runs(2), endOnFailure: true });
  }
  expect([...seen]).toEqual(expect.arrayContaining([...wanted]));
}, 600_000);
