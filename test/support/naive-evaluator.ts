/**
 * A second evaluator, written for the tests from AWS's pages alone: slow, without any preparation, and independent of the
 * engine (only types come from it). It takes policy documents as JSON and goes through them in plain loops.
 */
import type { DecisionEffect } from '../../src/evaluation/decision.ts';
import type { PolicyLayer } from '../../src/evaluation/layer.ts';
import type { OrganizationFacts, PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';
import {
  actionMatches,
  conditionsHold,
  type Kind,
  list,
  object,
  ownerOf,
  resourceMatches,
  textOf,
} from './naive-statements.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export interface Doc {
  readonly [key: string]: Json;
}

export interface NaiveRequest {
  readonly principal: PrincipalFacts;
  readonly action: ActionFacts;
  readonly resource: {
    readonly arn: string;
    readonly accountId: string | null;
    readonly organization: OrganizationFacts | null;
    readonly tags: Readonly<Record<string, string>> | null;
    readonly policy: Doc | null;
    readonly bindings: Readonly<Record<string, string>>;
    readonly rcp: readonly (readonly Doc[])[] | null;
  };
  readonly identity: readonly Doc[];
  readonly boundary: Doc | null;
  readonly session: readonly Doc[] | null;
  readonly scp: readonly (readonly Doc[])[] | null;
  readonly context: ReadonlyMap<string, string | readonly string[]>;
  readonly now: number;
  readonly authority: 'directory' | 'context';
  /** The policy of the VPC endpoint on the way; left out: there is none. */
  readonly endpoint?: Doc | null;
}

export interface NaiveOutcome {
  readonly effect: DecisionEffect;
  readonly deniedBy: PolicyLayer | null;
  /** What decided, as it stands in the documents: all denying statements, or all that grant. */
  readonly statements: readonly Doc[];
}

/** 0 not, 1 by the account, 2 by the role (or the user behind a federated session), 3 directly. */
function grade(q: NaiveRequest, kind: Kind, type: string, entry: string): number {
  const p = q.principal;
  if (entry === '*' && type === 'AWS') return 3;
  if (p.kind === 'anonymous') return type === 'Federated' && entry === p.federatedProvider ? 3 : 0;
  if (p.kind === 'service') return type === 'Service' && entry === p.service ? 3 : 0;
  if (type !== 'AWS') return 0;
  if (entry === p.accountId || entry === `arn:${p.partition}:iam::${p.accountId}:root`) return 1;
  // What the resource's policy is bound to says nothing about that of an endpoint.
  const bindings = kind === 'vpce' ? {} : q.resource.bindings;
  const bound = (id: string): boolean => bindings[entry] === undefined || bindings[entry] === id;
  if (p.kind === 'user') return entry === p.id || (entry === p.arn && bound(p.id)) ? 3 : 0;
  if (p.kind === 'roleSession') {
    if (entry === p.role.id || (entry === p.role.arn && bound(p.role.id))) return 2;
    const arn = `arn:${p.partition}:sts::${p.accountId}:assumed-role/${p.role.name}/${p.sessionName}`;
    return p.sessionName !== null && entry === arn ? 3 : 0;
  }
  if (p.kind === 'federatedUser') {
    if (entry === p.arn) return 3;
    const user = p.issuer;
    return user !== null && (entry === user.id || (entry === user.arn && bound(user.id))) ? 2 : 0;
  }
  return 0;
}

function principalGrade(q: NaiveRequest, kind: Kind, statement: Doc): number {
  const element = statement['Principal'] ?? statement['NotPrincipal'];
  if (element === undefined) return 0;
  const entries: [string, string][] =
    typeof element === 'string'
      ? [['AWS', element]]
      : Object.entries(object(element)).flatMap(([type, values]) =>
          list(values).map((v): [string, string] => [type, textOf(v)]),
        );
  const grades = entries.map(([type, value]) => grade(q, kind, type, value));
  if (statement['Principal'] !== undefined) return Math.max(0, ...grades);
  if (statement['Effect'] === 'Allow') return 0;
  const p = q.principal.kind;
  const everyone = entries.some(([type, value]) => type === 'AWS' && value === '*');
  const has = (g: number): boolean => grades.includes(g);
  const spared =
    q.boundary === null &&
    (everyone ||
      (p === 'root' && has(1)) ||
      (p === 'service' && has(3)) ||
      ((p === 'user' || p === 'federatedUser') && has(1) && has(3)) ||
      (p === 'roleSession' && has(1) && has(2) && has(3)));
  return spared ? 0 : 3;
}

/** A statement that applies, and how strongly it names the caller. */
interface Hit {
  readonly statement: Doc;
  readonly named: number;
}

function matching(q: NaiveRequest, docs: readonly Doc[], kind: Kind, effect: 'Allow' | 'Deny'): readonly Hit[] {
  const arn = q.action.wildcardOnly ? '*' : q.resource.arn;
  const hits: Hit[] = [];
  for (const doc of docs) {
    for (const one of list(doc['Statement'])) {
      const statement = object(one);
      if (statement['Effect'] !== effect || !actionMatches(statement, q.action)) continue;
      const named = ['resource', 'trust', 'rcp', 'vpce'].includes(kind) ? principalGrade(q, kind, statement) : 3;
      if (named === 0) continue;
      if (resourceMatches(q, doc, kind, statement, arn) && conditionsHold(q, doc, statement)) {
        hits.push({ statement, named });
      }
    }
  }
  return hits;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html */
export function naiveAuthorize(given: NaiveRequest): NaiveOutcome {
  const noResource = { arn: '*', accountId: null, organization: null, tags: {}, policy: null, bindings: {}, rcp: null };
  const q: NaiveRequest =
    given.action.wildcardOnly && given.resource.arn.split(':').length >= 6 ? { ...given, resource: noResource } : given;
  const p = q.principal;
  const action = q.action.name.toLowerCase();
  const inAccount = p.kind !== 'service' && p.kind !== 'anonymous';
  const implicit = (deniedBy: PolicyLayer): NaiveOutcome => ({ effect: 'IMPLICIT_DENY', deniedBy, statements: [] });
  const allowed = (...hits: readonly Hit[]): NaiveOutcome => ({
    effect: 'ALLOWED',
    deniedBy: null,
    statements: hits.map((hit) => hit.statement),
  });
  if (action === 'sts:getcalleridentity' && p.kind !== 'anonymous') return allowed();

  const serviceLinked = p.kind === 'roleSession' && p.role.path.startsWith('/aws-service-role/');
  const management = inAccount && p.organization?.managementAccountId === p.accountId;
  const scp = inAccount && !serviceLinked && !management ? q.scp : null;
  const managementResource =
    q.resource.organization !== null && q.resource.organization.managementAccountId === ownerOf(q);
  const rcpApplies =
    q.action.resourceControlSupported && !serviceLinked && !managementResource && action !== 'kms:retiregrant';
  const rcp = rcpApplies ? (q.resource.rcp ?? []).flat() : [];
  const isRole = /^arn:[^:]+:iam:[^:]*:[^:]*:role\//.test(q.resource.arn);
  const isTrust = isRole && action.startsWith('sts:');
  const isKey = /^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(q.resource.arn) && action.startsWith('kms:');
  const kind: Kind = isTrust ? 'trust' : 'resource';
  const layer: PolicyLayer = isTrust ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
  const otherPartition = inAccount && q.resource.arn.includes(':') && q.resource.arn.split(':')[1] !== p.partition;
  const same = inAccount && !otherPartition && (ownerOf(q) === null || ownerOf(q) === p.accountId);
  // The root user always gets at the policy of a bucket of its own account.
  const lockedOut = p.kind !== 'root' || !same || !/^s3:(get|put|delete)bucketpolicy$/.test(action);
  const resourcePolicy = q.resource.policy !== null && (!isRole || isTrust) && lockedOut ? [q.resource.policy] : [];
  const identity = inAccount && p.kind !== 'root' ? q.identity : [];
  const boundary = inAccount && q.boundary !== null ? q.boundary : null;
  // AWS services do not come through the endpoints of anybody's network.
  const endpoint = q.endpoint == null || p.kind === 'service' ? null : [q.endpoint];

  const denials: readonly (readonly [PolicyLayer, readonly Hit[]])[] = [
    ['SERVICE_CONTROL_POLICY', matching(q, (scp ?? []).flat(), 'scp', 'Deny')],
    ['RESOURCE_CONTROL_POLICY', matching(q, rcp, 'rcp', 'Deny')],
    ['VPC_ENDPOINT_POLICY', matching(q, endpoint ?? [], 'vpce', 'Deny')],
    ['PERMISSIONS_BOUNDARY', matching(q, boundary === null ? [] : [boundary], 'boundary', 'Deny')],
    ['SESSION_POLICY', matching(q, q.session ?? [], 'session', 'Deny')],
    [layer, matching(q, resourcePolicy, kind, 'Deny')],
    ['IDENTITY_POLICY', matching(q, identity, 'identity', 'Deny')],
  ];
  const denying = denials.find(([, hits]) => hits.length > 0);
  if (denying !== undefined) {
    const statements = denials.flatMap(([, hits]) => hits.map((hit) => hit.statement));
    return { effect: 'EXPLICIT_DENY', deniedBy: denying[0], statements };
  }

  const grants = otherPartition ? [] : matching(q, resourcePolicy, kind, 'Allow');
  const grant = Math.max(0, ...grants.map((hit) => hit.named));
  const endpointAllows = endpoint === null || matching(q, endpoint, 'vpce', 'Allow').length > 0;
  if (!inAccount && !endpointAllows) return implicit('VPC_ENDPOINT_POLICY');
  if (!inAccount) return grant === 3 ? allowed(...grants) : implicit(layer);
  for (const level of scp ?? []) {
    if (matching(q, level, 'scp', 'Allow').length === 0) return implicit('SERVICE_CONTROL_POLICY');
  }
  if (!endpointAllows) return implicit('VPC_ENDPOINT_POLICY');

  const shutOut = same ? (isTrust || isKey) && grant === 0 : grant === 0;
  // Naming the account delegates to its administrators: of itself it grants nothing where nothing has to be delegated.
  const granting = same && !isTrust && !isKey ? grants.filter((hit) => hit.named > 1) : grants;
  const identityAllows = (): readonly Hit[] => matching(q, identity, 'identity', 'Allow');
  const boundaryAllows = boundary === null || matching(q, [boundary], 'boundary', 'Allow').length > 0;

  if (same && p.kind === 'root') return shutOut ? implicit(layer) : allowed(...granting);
  if (same && grant === 3 && (!isTrust || boundaryAllows)) return allowed(...granting, ...identityAllows());
  if (!boundaryAllows) return implicit('PERMISSIONS_BOUNDARY');
  const sessionAllows =
    q.session === null ? p.kind !== 'federatedUser' : matching(q, q.session, 'session', 'Allow').length > 0;
  if (!sessionAllows) return implicit('SESSION_POLICY');
  if (shutOut) return implicit(layer);
  const own = identityAllows();
  const byRoot = p.kind === 'root' || (p.kind === 'federatedUser' && p.issuer === null);
  if (byRoot || own.length > 0 || (same && grant === 2)) return allowed(...granting, ...own);
  return implicit('IDENTITY_POLICY');
}
