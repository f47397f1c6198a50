/**
 * Cedar with all layers, as far as it can say them: one prepared set for each principal (identity policies, boundary and
 * control policies of its account) and one for each policy of a resource. Of both it tells which policies decided; how the
 * layers combine has to be said outside.
 */
import type { Doc, Json, NaiveOutcome } from '../support/naive-evaluator.ts';
import type { BenchPrincipal, BenchRequest, World } from './world.ts';

interface Answer {
  readonly type: string;
  readonly response: {
    readonly decision: string;
    readonly diagnostics: { readonly reason: readonly string[]; readonly errors: readonly unknown[] };
  };
}
export interface CedarWasm {
  preparsePolicySet(id: string, policies: object): { readonly type: string };
  statefulIsAuthorized(call: object): Answer;
}

/** A set: policies by id, and the statements that they stand for. */
interface CedarSet {
  readonly texts: Record<string, string>;
  readonly statements: Map<string, Doc>;
}
/** What a set says: ids of what decides. */
interface Said {
  readonly allows: readonly string[];
  readonly denies: readonly string[];
}

export async function loadCedar(name = '@cedar-policy/cedar-wasm/nodejs'): Promise<CedarWasm> {
  const loaded: CedarWasm = await import(name);
  return loaded;
}

const list = (value: Json | undefined): readonly Json[] => [value ?? []].flat();
const quoted = (text: Json): string => JSON.stringify(text);
const anyOf = (parts: readonly string[]): string => (parts.length === 0 ? 'false' : `(${parts.join(' || ')})`);

function conditionText(operator: string, key: string, values: readonly Json[]): string {
  const has = `context has ${quoted(key)}`;
  const at = `context[${quoted(key)}]`;
  const texts = values.map(String);
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return `(${has} && [${texts.map(quoted).join(', ')}].contains(${at}))`;
    case 'StringNotEquals':
      return `(!(${has}) || ![${texts.map(quoted).join(', ')}].contains(${at}))`;
    case 'StringLike':
      return `(${has} && ${anyOf(texts.map((text) => `${at} like ${quoted(text)}`))})`;
    case 'IpAddress':
      return `(${has} && ${anyOf(texts.map((text) => `${at}.isInRange(ip(${quoted(text)}))`))})`;
    case 'NumericLessThan':
      return `(${has} && ${at} < ${texts[0]})`;
    case 'ForAllValues:StringEquals':
      return `(!(${has}) || [${texts.map(quoted).join(', ')}].containsAll(${at}))`;
    default:
      throw new Error(`no Cedar for ${operator}`);
  }
}

function add({ texts, statements }: CedarSet, id: string, statement: Doc, who = 'true'): void {
  const like = (name: string, element: Json | undefined): string =>
    anyOf(list(element).map((glob) => (glob === '*' ? 'true' : `context.${name} like ${quoted(glob)}`)));
  const conditions = Object.entries((statement['Condition'] ?? {}) as Doc).flatMap(([operator, keys]) =>
    Object.entries(keys as Doc).map(([key, value]) => conditionText(operator, key.toLowerCase(), list(value))),
  );
  const all = [who, like('a', statement['Action']), like('r', statement['Resource']), ...conditions].join(' && ');
  const effect = statement['Effect'] === 'Allow' ? 'permit' : 'forbid';
  statements.set(id, statement);
  texts[id] = `${effect}(principal, action, resource) when { ${all} };`;
}

function addDocument(set: CedarSet, layer: string, document: Doc | undefined): void {
  for (const statement of list(document?.['Statement'])) {
    add(set, `${layer}_${set.statements.size}`, statement as Doc);
  }
}

/** A permit for each way of naming, so that the answer tells how the caller was named. */
function resourceSet(document: Doc): CedarSet {
  const set = emptySet();
  for (const one of list(document['Statement']) as readonly Doc[]) {
    const principal = one['Principal'];
    const names = typeof principal === 'string' ? ['*'] : list((principal as Doc)['AWS']).map(String);
    for (const name of names) {
      const id = `${/^\d+$/.test(name) ? 'account' : 'direct'}_${set.statements.size}`;
      const who = name === '*' ? 'true' : `(context.arn == ${quoted(name)} || context.account == ${quoted(name)})`;
      add(set, id, one, who);
    }
  }
  return set;
}

function emptySet(): CedarSet {
  return { texts: {}, statements: new Map() };
}

/** Says what decides a request; sets are prepared beforehand for the requests that will come. */
export function cedarWithAllLayers(
  wasm: CedarWasm,
  world: World,
  requests: readonly BenchRequest[],
): (request: BenchRequest) => NaiveOutcome {
  const known = new Map<string, CedarSet['statements']>();
  const prepare = (id: string, { texts, statements }: CedarSet): void => {
    const answer = wasm.preparsePolicySet(id, { staticPolicies: texts });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
    known.set(id, statements);
  };
  for (const i of new Set(requests.map((one) => one.principal))) {
    const { attached, boundary, account } = world.principals[i] as BenchPrincipal;
    const set = emptySet();
    for (const policy of attached) addDocument(set, 'identity', world.policies[policy]);
    if (boundary !== null) addDocument(set, 'boundary', world.policies[boundary]);
    for (const [level, documents] of (world.scp[account] ?? []).entries()) {
      for (const document of documents) addDocument(set, `scp${level}`, document);
    }
    prepare(`full${i}`, set);
  }
  for (const i of new Set(requests.map((one) => one.resource))) {
    const policy = world.resources[i]?.policy ?? null;
    if (policy !== null) prepare(`resource${i}`, resourceSet(policy));
  }
  const contexts = new Map(requests.map((request) => [request, contextOf(world, request)]));
  return (request) => {
    const context = contexts.get(request) ?? {};
    const [ownId, theirId] = [`full${request.principal}`, `resource${request.resource}`];
    const own = callSet(wasm, ownId, context);
    const theirs = known.has(theirId) ? callSet(wasm, theirId, context) : SILENT;
    const { effect, deniedBy, ownIds, theirIds } = combine(world, request, own, theirs);
    const found = new Set<Doc>();
    for (const id of theirIds) found.add(known.get(theirId)?.get(id) ?? {});
    for (const id of ownIds) found.add(known.get(ownId)?.get(id) ?? {});
    return { effect, deniedBy, statements: [...found] };
  };
}

const SILENT: Said = { allows: [], denies: [] };

function contextOf(world: World, request: BenchRequest): object {
  const { facts } = world.principals[request.principal] as BenchPrincipal;
  if (facts.kind !== 'user' && facts.kind !== 'roleSession') throw new Error('only users and roles');
  const role = facts.kind === 'user' ? facts : facts.role;
  const context: Record<string, unknown> = {
    a: request.action.name,
    r: world.resources[request.resource]?.arn,
    arn: role.arn,
    account: facts.accountId,
    'aws:principaltag/team': role.tags['team'],
  };
  for (const [key, value] of request.context) {
    // Sessions of roles know nothing of MFA, whatever the request says.
    if (key === 'aws:multifactorauthpresent' && facts.kind !== 'user') continue;
    if (key === 'aws:sourceip') context[key] = { __extn: { fn: 'ip', arg: value } };
    else context[key] = key === 's3:max-keys' ? Number(value) : value;
  }
  return context;
}

interface Combined {
  readonly effect: NaiveOutcome['effect'];
  readonly deniedBy: NaiveOutcome['deniedBy'];
  readonly ownIds: readonly string[];
  readonly theirIds: readonly string[];
}

/** How the layers combine, for users and role sessions. */
function combine(world: World, request: BenchRequest, own: Said, theirs: Said): Combined {
  const { facts, account, boundary } = world.principals[request.principal] as BenchPrincipal;
  const says = (ids: readonly string[], layer: string): boolean => ids.some((id) => id.startsWith(layer));
  if (own.denies.length > 0 || theirs.denies.length > 0) {
    const deniedBy = says(own.denies, 'scp')
      ? 'SERVICE_CONTROL_POLICY'
      : says(own.denies, 'boundary')
        ? 'PERMISSIONS_BOUNDARY'
        : theirs.denies.length > 0
          ? 'RESOURCE_POLICY'
          : 'IDENTITY_POLICY';
    return { effect: 'EXPLICIT_DENY', deniedBy, ownIds: own.denies, theirIds: theirs.denies };
  }
  const implicit = (deniedBy: NaiveOutcome['deniedBy']): Combined => ({
    effect: 'IMPLICIT_DENY',
    deniedBy,
    ownIds: [],
    theirIds: [],
  });
  if (!(world.scp[account] ?? []).every((_, level) => says(own.allows, `scp${level}_`))) {
    return implicit('SERVICE_CONTROL_POLICY');
  }
  const isSame = world.resources[request.resource]?.account === account;
  const identity = own.allows.filter((id) => id.startsWith('identity_'));
  const direct = theirs.allows.filter((id) => id.startsWith('direct_'));
  const allowed: Combined = {
    effect: 'ALLOWED',
    deniedBy: null,
    ownIds: identity,
    theirIds: isSame ? direct : theirs.allows,
  };
  if (isSame && direct.length > 0 && facts.kind === 'user') return allowed;
  if (boundary !== null && !says(own.allows, 'boundary_')) return implicit('PERMISSIONS_BOUNDARY');
  if (!isSame && theirs.allows.length === 0) return implicit('RESOURCE_POLICY');
  const isGranted = identity.length > 0 || (isSame && direct.length > 0);
  return isGranted ? allowed : implicit('IDENTITY_POLICY');
}

/** The policies that allow, or those that deny. */
function callSet(wasm: CedarWasm, preparsedPolicySetId: string, context: object): Said {
  const { type, response } = wasm.statefulIsAuthorized({
    principal: { type: 'P', id: 'p' },
    action: { type: 'Action', id: 'a' },
    resource: { type: 'R', id: 'r' },
    context,
    preparsedPolicySetId,
    validateRequest: false,
    entities: [],
  });
  if (type !== 'success' || response.diagnostics.errors.length > 0) throw new Error(JSON.stringify(response));
  const { reason } = response.diagnostics;
  return response.decision === 'allow' ? { allows: reason, denies: [] } : { allows: [], denies: reason };
}
