import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import type { KmsGrant } from '../../src/evaluation/key-grant.ts';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { PublicAccessBlocks } from '../../src/evaluation/public-access.ts';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';
import { validatePolicy } from '../../src/policy/validate.ts';
import { deniedAtOf, engineDecision, outcomeOf } from '../support/engine.ts';
import { schemaFaults } from '../support/json-schema.ts';
import { type Doc, type NaiveRequest, naiveAuthorize, naiveDeniedAt } from '../support/naive-evaluator.ts';
import type { NaiveBucket } from '../support/naive-request.ts';
import { action, federated, organizationOf, role, root, user } from '../support/world.ts';

interface Case {
  readonly row: number;
  readonly name: string;
  readonly caller: {
    readonly principal: string;
    readonly rolePath?: string;
    readonly tags?: Record<string, string>;
    readonly issuedAt?: string;
  };
  readonly policies?: {
    readonly version?: string | null;
    readonly identity?: readonly Doc[];
    readonly groups?: readonly Doc[];
    readonly boundary?: readonly Doc[] | null;
    readonly session?: readonly Doc[];
    readonly resource?: readonly Doc[];
    readonly bindings?: Record<string, string>;
    readonly scp?: readonly (readonly (readonly Doc[])[])[];
    readonly ownRcp?: readonly (readonly (readonly Doc[])[])[];
    readonly rcp?: readonly (readonly (readonly Doc[])[])[];
    readonly endpoint?: readonly Doc[];
    readonly publicAccess?: PublicAccessBlocks;
    readonly accessPoint?: {
      readonly vpcId: string | null;
      readonly bucketPolicy?: readonly Doc[] | null;
      readonly bucketOwner?: string;
      readonly bucketRcp?: readonly (readonly (readonly Doc[])[])[];
    };
    readonly grants?: readonly KmsGrant[];
  };
  readonly refused?: { readonly kind: 'resource' | 'trust'; readonly message: string; readonly path: string };
  readonly requests: readonly {
    readonly action: string;
    readonly wildcardOnly?: boolean;
    readonly resource: string;
    readonly owner?: string | null;
    readonly tagsCount?: true;
    readonly assumes?: boolean;
    readonly resourceTags?: Record<string, string>;
    readonly context?: Record<string, unknown>;
    readonly expect: {
      readonly effect: string;
      readonly deniedBy: string | null;
      readonly reason?: string;
      readonly deniedAt?: readonly number[];
      readonly missing?: readonly string[];
      readonly assumed?: readonly string[];
      readonly requires?: readonly string[];
    };
  }[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../cases/${name}.json`, import.meta.url), 'utf8'));
const FILES = [
  'layers',
  'organizations',
  'across-accounts',
  'matching',
  'vpc-endpoints',
  'block-public-access',
  'kms-grants',
  'access-points',
  'rules',
];
const schema = read('case.schema');

// What AssumeRole refuses before or after the policies (root callers, durations, source identity, tags, console switching):
// a matter of sessions, not of this evaluator.
const OF_SESSIONS = [51, 53, 54, 55, 56, 64];

function principalOf({ principal, rolePath, tags, issuedAt }: Case['caller']): PrincipalFacts {
  const ref = parsePrincipalRef(principal);
  if (ref === null) throw new Error(`unexpected principal ${principal}`);
  if (ref.kind === 'service') return { kind: 'service', service: ref.service };
  if (ref.kind === 'anonymous') return { kind: 'anonymous' };
  if (ref.kind === 'root') return root(ref.accountId);
  if (ref.kind === 'federatedUser') return federated(ref.accountId);
  if (ref.kind === 'user') return user(ref.accountId, principal.slice(principal.lastIndexOf('/') + 1), tags ?? {});
  const facts = role(ref.accountId, rolePath ?? '/team/');
  const { accountId, partition, organization } = facts;
  const issued = issuedAt === undefined ? null : Date.parse(issuedAt);
  return {
    kind: 'roleSession',
    accountId,
    partition,
    organization,
    role: facts,
    // The ARN of a role: a session of it whose name nobody says.
    sessionName: ref.kind === 'role' ? null : ref.sessionName,
    tags: tags ?? {},
    sourceIdentity: null,
    issuedAt: issued,
  };
}

/** Null: a document that is not known. */
function boundaryOf(given: readonly Doc[] | null | undefined, doc: (statements: readonly Doc[]) => Doc): Doc | null {
  if (given === undefined) return null;
  return given === null ? {} : doc(given);
}

/** Null: not known. */
function bucketOf(
  { bucketPolicy, bucketOwner, bucketRcp }: NonNullable<NonNullable<Case['policies']>['accessPoint']>,
  rcp: NaiveBucket['rcp'],
  owner: string,
  doc: (statements: readonly Doc[]) => Doc,
): NaiveBucket | null {
  if (bucketPolicy === undefined) return null;
  const policy = bucketPolicy === null ? null : doc(bucketPolicy);
  const above = bucketOwner === undefined ? rcp : (bucketRcp?.map((level) => level.map(doc)) ?? null);
  return { arn: 'arn:aws:s3:::b', accountId: bucketOwner ?? owner, policy, bindings: {}, rcp: above };
}

function requestsOf(given: Case): { readonly q: NaiveRequest; readonly wanted: Case['requests'][number]['expect'] }[] {
  const policies = given.policies ?? {};
  const version = policies.version === undefined ? '2012-10-17' : policies.version;
  const doc = (statements: readonly Doc[]): Doc => ({
    ...(version === null ? {} : { Version: version }),
    Statement: statements,
  });
  const principal = principalOf(given.caller);
  const rcp = policies.rcp?.map((level) => level.map(doc)) ?? null;
  const own = 'accountId' in principal ? principal.accountId : '111111111111';
  return given.requests.map((request) => {
    const named = /:\d{12}:/.exec(request.resource)?.[0].slice(1, -1) ?? own;
    const owner = request.owner === undefined ? named : request.owner;
    return {
      wanted: request.expect,
      q: {
        principal,
        action: action(request.action, request.wildcardOnly ?? false),
        resource: {
          arn: request.resource,
          accountId: owner,
          organization: owner === null ? null : organizationOf(owner),
          ...(request.tagsCount === true ? { tagsCount: true } : {}),
          tags: request.resourceTags ?? {},
          policy: policies.resource === undefined ? null : doc(policies.resource),
          bindings: policies.bindings ?? {},
          rcp,
          ...(policies.publicAccess === undefined ? {} : { publicAccess: policies.publicAccess }),
          ...(policies.accessPoint === undefined
            ? {}
            : {
                accessPoint: {
                  vpcId: policies.accessPoint.vpcId,
                  bucket: bucketOf(policies.accessPoint, rcp, named, doc),
                },
              }),
          ...(policies.grants === undefined ? {} : { grants: policies.grants }),
        },
        identity: [policies.identity, policies.groups].filter((one) => one !== undefined).map(doc),
        boundary: boundaryOf(policies.boundary, doc),
        session: policies.session === undefined ? null : [doc(policies.session)],
        ...(policies.ownRcp === undefined ? {} : { ownRcp: policies.ownRcp.map((level) => level.map(doc)) }),
        ...(request.assumes === true ? { assumes: true } : {}),
        scp: policies.scp?.map((level) => level.map(doc)) ?? null,
        endpoint: policies.endpoint === undefined ? null : doc(policies.endpoint),
        context: parseRequestContext(request.context ?? {}, 'context'),
        now: Date.UTC(2026, 10, 23, 18),
        authority: 'directory',
      },
    };
  });
}

test('every tricky row is a case, but for those about sessions', () => {
  const rows = new Set(FILES.flatMap((file) => (read(file) as Case[]).map((one) => one.row)));
  const wanted = Array.from({ length: 162 }, (_, i) => i + 1).filter((row) => !OF_SESSIONS.includes(row));
  expect([...rows].sort((a, b) => a - b)).toEqual(wanted);
});

const refusedOnSaving = FILES.flatMap((file) => (read(file) as Case[]).filter((one) => one.refused !== undefined));

test.each(refusedOnSaving.map((one): [string, Case] => [`${one.row}: ${one.name}`, one]))(
  'what AWS refuses when it is saved: %s',
  (_name, { refused, policies }) => {
    const document = JSON.stringify({ Version: '2012-10-17', Statement: policies?.resource });
    const { kind = 'resource', ...finding } = refused ?? {};
    expect(validatePolicy(document, kind)).toMatchObject([{ code: 'MalformedPolicyDocument', ...finding }]);
  },
);

describe.each(FILES)('%s', (file) => {
  const cases: readonly Case[] = read(file);

  test('is of its schema', () => expect(schemaFaults(schema, cases)).toEqual([]));

  test.each(cases.map((one): [string, Case] => [`${one.row}: ${one.name}`, one]))('%s', (_name, given) => {
    for (const { q, wanted } of requestsOf(given)) {
      const decision = engineDecision(q);
      const { effect, deniedBy, reason } = decision;
      const { missingContextKeys: missing, assumedContextKeys: assumed, requires } = decision;
      const deniedAt = deniedAtOf(decision);
      const found = { effect, deniedBy, reason, deniedAt, missing, assumed, requires };
      expect(found).toEqual({ ...found, ...wanted });
      expect(naiveDeniedAt(q)).toEqual(deniedAt);
      expect(naiveAuthorize(q)).toEqual(outcomeOf(decision));
    }
  });
});
