/** For each outcome that a decision can have, a request that has it whatever is generated. */
import * as fc from 'fast-check';
import type { Doc, Json, NaiveRequest } from './naive-request.ts';
import { A, action, organizationOf, session, user, X } from './world.ts';

const document = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement });
const FULL: Doc = { Effect: 'Allow', Action: '*', Resource: '*' };
const NO_S3: Doc = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
const ONLY_SQS: Doc = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
const to = (Principal: Json, statement: Doc): Doc => ({ ...statement, Principal });
const ALLOWING = document(FULL);
const DENYING = document(FULL, NO_S3);
const ELSEWHERE = document(ONLY_SQS);

/** alice reads an object of her own account, which her own policies allow. */
const READ: NaiveRequest = {
  principal: user(A, 'alice', { team: 'red' }),
  action: action('s3:GetObject'),
  resource: {
    arn: 'arn:aws:s3:::b/x',
    accountId: A,
    organization: organizationOf(A),
    tags: null,
    policy: null,
    bindings: {},
    rcp: null,
  },
  identity: [ALLOWING],
  boundary: null,
  session: null,
  scp: null,
  ownRcp: null,
  context: new Map(),
  now: Date.UTC(2026, 10, 23, 17, 0, 0),
  endpoint: null,
  assumes: true,
  authority: 'directory',
};

/** The same in a session of a role. */
const IN_SESSION: NaiveRequest = { ...READ, principal: session(A) };
/** The same from another account, which a policy lets everybody in. */
const FROM_ELSEWHERE: NaiveRequest = {
  ...READ,
  principal: user(X),
  resource: { ...READ.resource, policy: document(to('*', FULL)) },
};
const ROLE: NaiveRequest['resource'] = { ...READ.resource, arn: `arn:aws:iam::${A}:role/team/App` };

function on(request: NaiveRequest, resource: Partial<NaiveRequest['resource']>): NaiveRequest {
  return { ...request, resource: { ...request.resource, ...resource } };
}

/** Through an access point, to a bucket whose policy consists of one statement. */
function through(statement: Doc, request: NaiveRequest): NaiveRequest {
  const bucket = { arn: 'arn:aws:s3:::b', accountId: A, policy: document(statement), bindings: {}, rcp: null };
  const arn = `arn:aws:s3:us-east-1:${A}:accesspoint/p/object/x`;
  return on(request, { arn, accessPoint: { vpcId: null, bucket } });
}

/** By outcome: its effect and the layer that denies. */
export const OUTCOMES: Readonly<Record<string, NaiveRequest>> = {
  'ALLOWED null': READ,
  'EXPLICIT_DENY SERVICE_CONTROL_POLICY': { ...READ, scp: [[DENYING]] },
  'EXPLICIT_DENY RESOURCE_CONTROL_POLICY': on(READ, { rcp: [[document(to('*', NO_S3))]] }),
  'EXPLICIT_DENY VPC_ENDPOINT_POLICY': { ...READ, endpoint: document(to('*', FULL), to('*', NO_S3)) },
  'EXPLICIT_DENY PERMISSIONS_BOUNDARY': { ...READ, boundary: DENYING },
  'EXPLICIT_DENY SESSION_POLICY': { ...IN_SESSION, session: [DENYING] },
  'EXPLICIT_DENY RESOURCE_POLICY': on(READ, { policy: document(to('*', NO_S3)) }),
  'EXPLICIT_DENY UNDERLYING_BUCKET_POLICY': through(to('*', NO_S3), READ),
  'EXPLICIT_DENY IDENTITY_POLICY': { ...READ, identity: [DENYING] },
  'IMPLICIT_DENY SERVICE_CONTROL_POLICY': { ...READ, scp: [[ALLOWING], [ELSEWHERE]] },
  'IMPLICIT_DENY VPC_ENDPOINT_POLICY': { ...READ, endpoint: document(to('*', ONLY_SQS)) },
  'IMPLICIT_DENY BLOCK_PUBLIC_ACCESS': on(FROM_ELSEWHERE, {
    publicAccess: {
      bucket: {
        blockPublicAcls: false,
        ignorePublicAcls: false,
        blockPublicPolicy: false,
        restrictPublicBuckets: true,
      },
    },
  }),
  'IMPLICIT_DENY PERMISSIONS_BOUNDARY': { ...READ, boundary: ELSEWHERE },
  'IMPLICIT_DENY SESSION_POLICY': { ...IN_SESSION, session: [ELSEWHERE] },
  'IMPLICIT_DENY RESOURCE_POLICY': on(FROM_ELSEWHERE, { policy: null }),
  'IMPLICIT_DENY UNDERLYING_BUCKET_POLICY': through(to('*', ONLY_SQS), FROM_ELSEWHERE),
  'IMPLICIT_DENY TRUST_POLICY': { ...READ, action: action('sts:AssumeRole'), resource: ROLE },
  'IMPLICIT_DENY IDENTITY_POLICY': { ...READ, identity: [ELSEWHERE] },
};

const PARTS = [
  'action',
  'identity',
  'boundary',
  'scp',
  'ownRcp',
  'context',
  'endpoint',
  'assumes',
  'authority',
] as const;

/**
 * Requests near the examples: at most two parts of one are as in a generated request. Outcomes that take many parts to agree,
 * which hardly ever do by chance, come up among them all the time.
 */
export function nearOutcomes(requests: fc.Arbitrary<NaiveRequest>): fc.Arbitrary<NaiveRequest> {
  return fc
    .tuple(fc.constantFrom(...Object.values(OUTCOMES)), requests, fc.subarray([...PARTS], { maxLength: 2 }))
    .map(([example, generated, parts]) => {
      const changed = Object.fromEntries(parts.map((part) => [part, generated[part]]));
      return { ...example, ...changed };
    });
}
