import { withNetworkOrigin } from '../../src/evaluation/access-point.ts';
import type { AttachedPolicy, ControlLevel } from '../../src/evaluation/applicable-policies.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { Decision, MatchedStatement } from '../../src/evaluation/decision.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  prepareEndpoint,
  preparePolicies,
  preparePrincipal,
  prepareResource,
} from '../../src/evaluation/prepare.ts';
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { parseArn } from '../../src/policy/arn.ts';
import { closedPolicy, readPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { controlLevel } from './control-level.ts';
import { type Doc, isClosed, type NaiveOutcome, type NaiveRequest } from './naive-request.ts';

export function attach(document: Doc, kind: PolicyKind, id: string, arn: string | null = null): AttachedPolicy {
  const policy = isClosed(document) ? closedPolicy(kind) : readPolicy(document, kind);
  return { policy, id, name: arn === null ? id : null, arn };
}

/** `from`: the number of the first one. */
function levels(
  documents: readonly (readonly Doc[])[] | null,
  kind: PolicyKind,
  from = 0,
): readonly ControlLevel[] | null {
  if (documents === null) return null;
  const arn = (id: string) => `arn:aws:organizations::999999999999:policy/o-exampleorg1/${kind}/${id}`;
  return documents.map((level, i) =>
    controlLevel(
      `level-${from + i}`,
      level.map((document, j) => attach(document, kind, `p-${from + i}${j}`, arn(`p-${from + i}${j}`))),
    ),
  );
}

export function enginePrincipal(q: NaiveRequest): PreparedPrincipal {
  const session =
    q.session === null ? null : q.session.map((document, i) => attach(document, 'session', `session-${i}`));
  if (q.principal.kind === 'service' || q.principal.kind === 'anonymous')
    return preparePrincipal(q.principal, null, null);
  const policies = preparePolicies({
    identity: q.identity.map((document, i) => attach(document, 'identity', `identity-${i}`)),
    boundary:
      q.boundary === null
        ? null
        : attach(q.boundary, 'boundary', 'boundary', 'arn:aws:iam::111111111111:policy/boundary'),
    serviceControl: levels(q.scp, 'scp'),
    resourceControl: levels(q.ownRcp ?? null, 'rcp'),
  });
  return preparePrincipal(q.principal, policies, session);
}

export function engineResource(q: NaiveRequest): PreparedResource {
  const { arn, accountId, organization, tags, policy, bindings, rcp, publicAccess, accessPoint, grants } = q.resource;
  const kind = arn.includes(':iam:') && arn.includes(':role/') ? 'trust' : 'resource';
  const attached = policy === null ? null : attach(policy, kind, arn);
  const point = arn.split('/').slice(0, 2).join('/');
  const bucket = accessPoint?.bucket ?? null;
  const above = levels(rcp, 'rcp');
  const isOthers = bucket !== null && bucket.accountId !== accountId;
  const underlying = bucket && {
    arn: bucket.arn,
    accountId: bucket.accountId,
    policy: bucket.policy && attach(bucket.policy, 'resource', 'bucket'),
    policyBindings: bucket.bindings,
    resourceControl: isOthers ? levels(bucket.rcp, 'rcp', above?.length ?? 0) : above,
  };
  const resource = prepareResource({
    arn,
    accountId,
    organization,
    tags,
    policy: withNetworkOrigin(attached, point, parseArn(arn) === null ? null : (accessPoint?.vpcId ?? null)),
    ...(accessPoint === undefined ? {} : { accessPoint: { vpcId: accessPoint.vpcId, bucket: underlying } }),
    policyBindings: bindings,
    resourceControl: above,
    ...(publicAccess === undefined ? {} : { publicAccess }),
    ...(grants === undefined ? {} : { grants }),
  });
  return q.resource.tagsCount === true ? { ...resource, tagsCount: true } : resource;
}

/** As `naiveDeniedAt`: the ids of the levels end in their number. */
export function deniedAtOf({ layers, deniedBy }: Decision): readonly number[] {
  const denying = layers.find(({ layer }) => layer === deniedBy);
  return denying?.deniedAt.map(({ id }) => Number(id.slice('level-'.length))) ?? [];
}

/** A grant of a key is none of the documents: it is told by its id. */
function told({ layer, policy, statement }: MatchedStatement): Doc {
  return layer === 'KMS_GRANT' ? { Grant: policy } : statement;
}

/** What the naive evaluator says, too: without the statements that would allow if more were said rather than those that decided. */
export function outcomeOf({ effect, deniedBy, matchedStatements }: Decision): NaiveOutcome {
  const deciding = effect === 'IMPLICIT_DENY' ? [] : matchedStatements;
  return { effect, deniedBy, statements: deciding.map(told) };
}

/** The facts of the request, and the policy of the VPC endpoint on its way. */
export function engineRequest({ context, now, authority, endpoint, assumes = false }: NaiveRequest): RequestFacts {
  const through =
    endpoint == null ? {} : { endpoint: prepareEndpoint(attach(endpoint, 'vpce', 'vpce-0a1b2c3d4e5f60718')) };
  return { context, now, authority, assumes, ...through };
}

/** Asks the engine what the naive evaluator is asked. */
export function engineDecision(q: NaiveRequest): Decision {
  return authorize(enginePrincipal(q), q.action, engineResource(q), engineRequest(q));
}
