/**
 * A second evaluator, written for the tests from AWS's pages alone: slow, without any preparation, and independent of the
 * engine (only types come from it). It takes policy documents as JSON and goes through them in plain loops.
 */
import type { PolicyLayer } from '../../src/evaluation/layer.ts';
import type { AnonymousFacts, PrincipalFacts, ServiceFacts } from '../../src/evaluation/principal.ts';
import { isAskedOnArn, listsAnotherAccount } from './naive-asked.ts';
import { changesWhatIsOfAws } from './naive-aws-owned.ts';
import { behindAccessPoint, controlBehind } from './naive-bucket.ts';
import { grantsFor } from './naive-grants.ts';
import { BY_ACCOUNT, BY_ROLE, DIRECTLY, NOT } from './naive-principals.ts';
import { fromElsewhere, isKeptOut } from './naive-public.ts';
import type { Doc, Effect, Kind, NaiveOutcome, NaiveRequest } from './naive-request.ts';
import { isClosed, ownerOf } from './naive-request.ts';
import { strength } from './naive-statements.ts';
import { list, object } from './naive-text.ts';
import { regionsOf } from './naive-unsaid.ts';

export type { Doc, Json, NaiveOutcome, NaiveRequest } from './naive-request.ts';

/** A statement that applies, and how strongly it names the caller. */
interface Hit {
  readonly statement: Doc;
  readonly named: number;
}

function matching(q: NaiveRequest, docs: readonly Doc[], kind: Kind, effect: Effect): readonly Hit[] {
  const hits: Hit[] = [];
  for (const doc of docs) {
    for (const one of list(doc['Statement'])) {
      const statement = object(one);
      if (statement['Effect'] !== effect) continue;
      const named = strength(q, doc, kind, statement);
      if (named !== NOT) hits.push({ statement, named });
    }
  }
  return hits;
}

/** A request that has no resource, whatever was asked about. */
const NO_RESOURCE = { arn: '*', accountId: null, organization: null, tags: {}, policy: null, bindings: {}, rcp: null };

/** The policies that take part in a request, layer by layer. */
interface Layers {
  readonly scp: readonly (readonly Doc[])[] | null;
  readonly rcp: readonly (readonly Doc[])[];
  /** Those above the bucket behind an access point, and the request as one about it. */
  readonly behind: ReturnType<typeof controlBehind>;
  /** Null: the request comes through none. */
  readonly endpoint: readonly Doc[] | null;
  readonly boundary: readonly Doc[] | null;
  readonly session: readonly Doc[] | null;
  readonly resource: readonly Doc[];
  /** S3 rejects the request for where it comes from: the statement that says so. */
  readonly origin: Doc | null;
  readonly identity: readonly Doc[];
}

/** What a request is, of which all layers speak. */
interface Facts {
  /** The caller belongs to an account: no service, and signed. */
  readonly inAccount: boolean;
  /** Caller and resource are of one account, or nobody says that they are not. */
  readonly same: boolean;
  readonly otherPartition: boolean;
  readonly isTrust: boolean;
  readonly isKey: boolean;
}

function factsOf(q: NaiveRequest): Facts {
  const p = q.principal;
  const { arn } = q.resource;
  const action = q.action.name.toLowerCase();
  const inAccount = isOfAccount(p);
  const otherPartition = inAccount && arn.includes(':') && arn.split(':')[1] !== p.partition;
  return {
    inAccount,
    otherPartition,
    same: inAccount && !otherPartition && (ownerOf(q) === null || ownerOf(q) === p.accountId),
    isTrust: isRole(arn) && action.startsWith('sts:'),
    isKey: /^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(arn) && action.startsWith('kms:'),
  };
}

const isOfAccount = (p: PrincipalFacts): p is Exclude<PrincipalFacts, ServiceFacts | AnonymousFacts> =>
  p.kind !== 'service' && p.kind !== 'anonymous';

const isRole = (arn: string): boolean => /^arn:[^:]+:iam:[^:]*:[^:]*:role\//.test(arn);

function layersOf(q: NaiveRequest, { inAccount, same, isTrust }: Facts): Layers {
  const p = q.principal;
  const action = q.action.name.toLowerCase();
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
  const serviceLinked = p.kind === 'roleSession' && p.role.path.startsWith('/aws-service-role/');
  const management = isOfAccount(p) && p.organization?.managementAccountId === p.accountId;
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
  const owner = ownerOf(q);
  const ofManagement = owner === null ? management : q.resource.organization?.managementAccountId === owner;
  // What nobody owns as far as anybody says, and what is no resource, is under the policies above the caller's account.
  const control = owner === null && inAccount ? q.ownRcp : q.resource.rcp;
  const limitsResources = q.action.resourceControlSupported && !serviceLinked && action !== 'kms:retiregrant';
  const governed = limitsResources && !ofManagement;
  // The root user always gets at the policy of a bucket of its own account.
  const lockedOut = p.kind !== 'root' || !same || !/^s3:(get|put|delete)bucketpolicy$/.test(action);
  const hasPolicy = q.resource.policy !== null && (!isRole(q.resource.arn) || isTrust) && lockedOut;
  return {
    scp: inAccount && !serviceLinked && !management ? q.scp : null,
    rcp: governed ? (control ?? []) : [],
    behind: limitsResources ? controlBehind(q) : null,
    // AWS services do not come through the endpoints of anybody's network.
    endpoint: q.endpoint == null || p.kind === 'service' ? null : [q.endpoint],
    boundary: inAccount && q.boundary !== null ? [q.boundary] : null,
    session: q.session,
    origin: lockedOut ? fromElsewhere(q) : null,
    resource: hasPolicy && q.resource.policy !== null ? [q.resource.policy] : [],
    identity: inAccount && p.kind !== 'root' ? q.identity : [],
  };
}

const implicit = (deniedBy: PolicyLayer): NaiveOutcome => ({ effect: 'IMPLICIT_DENY', deniedBy, statements: [] });
const allowed = (...hits: readonly Hit[]): NaiveOutcome => ({
  effect: 'ALLOWED',
  deniedBy: null,
  statements: hits.map((hit) => hit.statement),
});

/** An action without a resource is asked on none, whatever the request names. */
function askedAs(given: NaiveRequest): NaiveRequest {
  const asksNothing =
    given.action.wildcardOnly &&
    ((isAskedOnArn(given) && !listsAnotherAccount(given)) || given.resource.arn.split(':').length >= 6);
  return asksNothing ? { ...given, resource: NO_RESOURCE } : given;
}

/**
 * The levels at which the control policies deny to which a denial is attributed, from 0 (root): those with a Deny, or else those
 * whose documents do not allow, or are not known. Empty for other outcomes.
 */
export function naiveDeniedAt(given: NaiveRequest): readonly number[] {
  const { effect, deniedBy } = naiveAuthorize(given);
  if (deniedBy !== 'SERVICE_CONTROL_POLICY' && deniedBy !== 'RESOURCE_CONTROL_POLICY') return [];
  const q = askedAs(given);
  const layers = layersOf(q, factsOf(q));
  if (deniedBy === 'RESOURCE_CONTROL_POLICY') {
    const closed = (docs: readonly Doc[]): boolean => effect === 'IMPLICIT_DENY' && docs.some(isClosed);
    return controlLevels(q, layers).flatMap(({ denials, docs }, i) => (denials.length > 0 || closed(docs) ? [i] : []));
  }
  const lacksAllow = (level: readonly Doc[]): boolean =>
    regionsOf(q).some((one) => matching(one, level, 'scp', 'Allow').length === 0);
  return (layers.scp ?? []).flatMap((level, i) => {
    const denies =
      effect === 'EXPLICIT_DENY'
        ? matching(q, level, 'scp', 'Deny').length > 0
        : level.some(isClosed) || lacksAllow(level);
    return denies ? [i] : [];
  });
}

/** The levels of the resource control policies with what they deny: of what is asked about, and of the bucket behind it. */
function controlLevels(
  q: NaiveRequest,
  { rcp, behind }: Layers,
): readonly { readonly docs: readonly Doc[]; readonly denials: readonly Hit[] }[] {
  const own = rcp.map((docs) => ({ docs, denials: matching(q, docs, 'rcp', 'Deny') }));
  if (behind === null) return own;
  const onBucket = behind.levels.map((docs) => ({ docs, denials: matching(behind.q, docs, 'rcp', 'Deny') }));
  if (!behind.same || own.length === 0) return [...own, ...onBucket];
  // They are the same policies: what denies twice denies once.
  return own.map(({ docs, denials }, i) => {
    const known = denials.map(({ statement }) => statement);
    const others = (onBucket[i]?.denials ?? []).filter(({ statement }) => !known.includes(statement));
    return { docs, denials: [...denials, ...others] };
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html */
export function naiveAuthorize(given: NaiveRequest): NaiveOutcome {
  const q = askedAs(given);
  if (q.action.name.toLowerCase() === 'sts:getcalleridentity' && q.principal.kind !== 'anonymous') return allowed();
  if (changesWhatIsOfAws(q)) return { effect: 'IMPLICIT_DENY', deniedBy: null, statements: [] };
  const facts = factsOf(q);
  const layers = layersOf(q, facts);
  return (
    explicitDeny(q, facts, layers) ??
    closedLayer(q, facts, layers) ??
    inEveryRegion(
      layers,
      regionsOf(q).map((one) => withoutDeny(one, facts, layers)),
    )
  );
}

/** Where the Region is not said: allowed if it is in all, by the statements that allow in all, or else by those that do together. */
function inEveryRegion(layers: Layers, outcomes: readonly NaiveOutcome[]): NaiveOutcome {
  const [first = implicit('IDENTITY_POLICY'), ...others] = outcomes;
  if (others.length === 0) return first;
  const denied = ORDER.flatMap((layer) => outcomes.filter((one) => one.deniedBy === layer));
  if (denied[0] !== undefined) return denied[0];
  const everywhere = first.statements.filter((one) => others.every(({ statements }) => statements.includes(one)));
  const somewhere = new Set(outcomes.flatMap(({ statements }) => statements));
  const inOrder = [...layers.resource, ...layers.identity].flatMap((doc) => list(doc['Statement']).map(object));
  const statements = everywhere.length > 0 ? everywhere : inOrder.filter((one) => somewhere.has(one));
  return { effect: 'ALLOWED', deniedBy: null, statements };
}

/** In which AWS names the layers. */
const ORDER: readonly PolicyLayer[] = [
  'SERVICE_CONTROL_POLICY',
  'VPC_ENDPOINT_POLICY',
  'BLOCK_PUBLIC_ACCESS',
  'PERMISSIONS_BOUNDARY',
  'SESSION_POLICY',
  'RESOURCE_POLICY',
  'TRUST_POLICY',
  'UNDERLYING_BUCKET_POLICY',
  'IDENTITY_POLICY',
];

/** Any Deny of any layer; the layers in the order in which AWS names them. Null: nothing denies. */
function explicitDeny(q: NaiveRequest, { isTrust }: Facts, layers: Layers): NaiveOutcome | null {
  const kind = isTrust ? 'trust' : 'resource';
  const bucket = behindAccessPoint(q);
  const denials: readonly (readonly [PolicyLayer, readonly Hit[]])[] = [
    ['SERVICE_CONTROL_POLICY', matching(q, (layers.scp ?? []).flat(), 'scp', 'Deny')],
    ['RESOURCE_CONTROL_POLICY', controlLevels(q, layers).flatMap(({ denials }) => denials)],
    ['VPC_ENDPOINT_POLICY', matching(q, layers.endpoint ?? [], 'vpce', 'Deny')],
    ['PERMISSIONS_BOUNDARY', matching(q, layers.boundary ?? [], 'boundary', 'Deny')],
    ['SESSION_POLICY', matching(q, layers.session ?? [], 'session', 'Deny')],
    [
      isTrust ? 'TRUST_POLICY' : 'RESOURCE_POLICY',
      [
        ...matching(q, layers.resource, kind, 'Deny'),
        ...(layers.origin === null ? [] : [{ statement: layers.origin, named: DIRECTLY }]),
      ],
    ],
    ['UNDERLYING_BUCKET_POLICY', bucket === null ? [] : matching(bucket.q, bucket.docs, 'resource', 'Deny')],
    ['IDENTITY_POLICY', matching(q, layers.identity, 'identity', 'Deny')],
  ];
  const denying = denials.find(([, hits]) => hits.length > 0);
  if (denying === undefined) return null;
  const statements = denials.flatMap(([, hits]) => hits.map((hit) => hit.statement));
  return { effect: 'EXPLICIT_DENY', deniedBy: denying[0], statements };
}

/** A document that is not known, or is none, could deny: where it has a say nothing is allowed. Null: all are known. */
function closedLayer(q: NaiveRequest, { isTrust }: Facts, layers: Layers): NaiveOutcome | null {
  const documents: readonly (readonly [PolicyLayer, readonly Doc[]])[] = [
    ['SERVICE_CONTROL_POLICY', (layers.scp ?? []).flat()],
    ['RESOURCE_CONTROL_POLICY', controlLevels(q, layers).flatMap(({ docs }) => docs)],
    ['VPC_ENDPOINT_POLICY', layers.endpoint ?? []],
    ['PERMISSIONS_BOUNDARY', layers.boundary ?? []],
    ['SESSION_POLICY', layers.session ?? []],
    [isTrust ? 'TRUST_POLICY' : 'RESOURCE_POLICY', layers.resource],
    ['UNDERLYING_BUCKET_POLICY', behindAccessPoint(q)?.docs ?? []],
    ['IDENTITY_POLICY', layers.identity],
  ];
  const closed = documents.find(([, docs]) => docs.some(isClosed));
  return closed === undefined ? null : implicit(closed[0]);
}

function withoutDeny(q: NaiveRequest, facts: Facts, layers: Layers): NaiveOutcome {
  const { inAccount, same, otherPartition, isTrust, isKey } = facts;
  const p = q.principal;
  const layer: PolicyLayer = isTrust ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
  const grants = otherPartition ? [] : matching(q, layers.resource, isTrust ? 'trust' : 'resource', 'Allow');
  const ofKey = otherPartition ? [] : grantsFor(q);
  const byKeyGrant = Math.max(NOT, ...ofKey.map((hit) => hit.named));
  const grant = Math.max(NOT, byKeyGrant, ...grants.map((hit) => hit.named));
  // A grant has no statement: it is told by its id.
  const ofGrants = ofKey.map(({ id, named }): Hit => ({ statement: { Grant: id }, named }));
  const endpointAllows = layers.endpoint === null || matching(q, layers.endpoint, 'vpce', 'Allow').length > 0;
  const through = byBucket(q, facts, layers);
  const permitted = (...hits: readonly Hit[]): NaiveOutcome => through.denied ?? allowed(...hits);
  if (!inAccount && !endpointAllows) return implicit('VPC_ENDPOINT_POLICY');
  if (!inAccount && isKeptOut(q, same)) return implicit('BLOCK_PUBLIC_ACCESS');
  if (!inAccount) return grant === DIRECTLY ? permitted(...ofGrants, ...grants, ...through.hits) : implicit(layer);
  for (const level of layers.scp ?? []) {
    if (matching(q, level, 'scp', 'Allow').length === 0) return implicit('SERVICE_CONTROL_POLICY');
  }
  if (!endpointAllows) return implicit('VPC_ENDPOINT_POLICY');
  if (isKeptOut(q, same)) return implicit('BLOCK_PUBLIC_ACCESS');

  const shutOut = same ? (isTrust || isKey) && grant === NOT : grant === NOT;
  // Naming the account delegates to its administrators: of itself it grants nothing where nothing has to be delegated.
  const granting = [
    ...ofGrants,
    ...(same && !isTrust && !isKey ? grants.filter((hit) => hit.named > BY_ACCOUNT) : grants),
    ...through.hits,
  ];
  const identityAllows = (): readonly Hit[] => matching(q, layers.identity, 'identity', 'Allow');
  const boundaryAllows = layers.boundary === null || matching(q, layers.boundary, 'boundary', 'Allow').length > 0;

  if (same && p.kind === 'root') return shutOut ? implicit(layer) : permitted(...granting);
  if (same && grant === DIRECTLY && (!isTrust || boundaryAllows)) return permitted(...granting, ...identityAllows());
  if (!boundaryAllows) return implicit('PERMISSIONS_BOUNDARY');
  const sessionAllows =
    layers.session === null ? p.kind !== 'federatedUser' : matching(q, layers.session, 'session', 'Allow').length > 0;
  if (!sessionAllows) return implicit('SESSION_POLICY');
  if (shutOut) return implicit(layer);
  const own = identityAllows();
  const byRoot = p.kind === 'root' || (p.kind === 'federatedUser' && p.issuer === null);
  // The grantee uses the key as if a key policy and an IAM policy let it, in whichever account it is.
  if (byRoot || own.length > 0 || (same && grant === BY_ROLE) || byKeyGrant >= BY_ROLE)
    return permitted(...granting, ...own);
  return implicit('IDENTITY_POLICY');
}

/** What the bucket behind an access point says: its Allows that count, or how it denies what the access point permits. */
function byBucket(
  q: NaiveRequest,
  { inAccount, otherPartition }: Facts,
  layers: Layers,
): { readonly hits: readonly Hit[]; readonly denied: NaiveOutcome | null } {
  const bucket = behindAccessPoint(q);
  if (bucket === null) return { hits: [], denied: null };
  const { same, needed } = bucket;
  const letIn = otherPartition ? [] : matching(bucket.q, bucket.docs, 'resource', 'Allow');
  const grant = Math.max(NOT, ...letIn.map((hit) => hit.named));
  const yes = { hits: letIn.filter((hit) => needed || hit.named > BY_ACCOUNT), denied: null };
  const no = (layer: PolicyLayer) => ({ hits: [], denied: implicit(layer) });
  if (!inAccount) return grant === DIRECTLY ? yes : no('UNDERLYING_BUCKET_POLICY');
  const p = q.principal;
  if (same && p.kind === 'root') return needed && grant === NOT ? no('UNDERLYING_BUCKET_POLICY') : yes;
  // Whom a bucket of its own account names gets in by that alone.
  if (same && grant === DIRECTLY) return yes;
  if (layers.boundary !== null && matching(q, layers.boundary, 'boundary', 'Allow').length === 0)
    return no('PERMISSIONS_BOUNDARY');
  const sessionAllows =
    layers.session === null ? p.kind !== 'federatedUser' : matching(q, layers.session, 'session', 'Allow').length > 0;
  if (!sessionAllows) return no('SESSION_POLICY');
  if (needed && grant === NOT) return no('UNDERLYING_BUCKET_POLICY');
  const byRoot = p.kind === 'root' || (p.kind === 'federatedUser' && p.issuer === null);
  if (byRoot || (same && grant === BY_ROLE) || matching(q, layers.identity, 'identity', 'Allow').length > 0) return yes;
  return no(same ? 'UNDERLYING_BUCKET_POLICY' : 'IDENTITY_POLICY');
}
