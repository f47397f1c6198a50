/**
 * Cedar with all layers, as far as it can say them: one prepared set for each principal (identity policies, boundary and
 * control policies of its account) and one for each policy of a resource. Of both it tells which policies decided; how the
 * layers combine has to be said outside.
 */
import type { Doc, Json } from '../support/naive-evaluator.ts';
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

type Texts = Record<string, string>;

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

function add(texts: Texts, id: string, statement: Doc, who = 'true'): void {
  const like = (name: string, element: Json | undefined): string =>
    anyOf(list(element).map((glob) => (glob === '*' ? 'true' : `context.${name} like ${quoted(glob)}`)));
  const conditions = Object.entries((statement['Condition'] ?? {}) as Doc).flatMap(([operator, keys]) =>
    Object.entries(keys as Doc).map(([key, value]) => conditionText(operator, key.toLowerCase(), list(value))),
  );
  const all = [who, like('a', statement['Action']), like('r', statement['Resource']), ...conditions].join(' && ');
  const effect = statement['Effect'] === 'Allow' ? 'permit' : 'forbid';
  texts[id] = `${effect}(principal, action, resource) when { ${all} };`;
}

function addDocument(texts: Texts, layer: string, document: Doc | undefined): void {
  for (const statement of list(document?.['Statement'])) {
    add(texts, `${layer}_${Object.keys(texts).length}`, statement as Doc);
  }
}

/** A permit for each way of naming, so that the answer tells how the caller was named. */
function resourceTexts(document: Doc): Texts {
  const texts: Texts = {};
  for (const one of list(document['Statement']) as readonly Doc[]) {
    const principal = one['Principal'];
    const names = typeof principal === 'string' ? ['*'] : list((principal as Doc)['AWS']).map(String);
    for (const name of names) {
      const id = `${/^\d+$/.test(name) ? 'account' : 'direct'}_${Object.keys(texts).length}`;
      const who = name === '*' ? 'true' : `(context.arn == ${quoted(name)} || context.account == ${quoted(name)})`;
      add(texts, id, one, who);
    }
  }
  return texts;
}

/** Says whether a request is allowed; sets are prepared beforehand for the requests that will come. */
export function cedarWithAllLayers(
  wasm: CedarWasm,
  world: World,
  requests: readonly BenchRequest[],
): (request: BenchRequest) => boolean {
  const prepare = (id: string, staticPolicies: Texts): void => {
    const answer = wasm.preparsePolicySet(id, { staticPolicies });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
  };
  for (const i of new Set(requests.map((one) => one.principal))) {
    const { attached, boundary, account } = world.principals[i] as BenchPrincipal;
    const texts: Texts = {};
    for (const policy of attached) addDocument(texts, 'identity', world.policies[policy]);
    if (boundary !== null) addDocument(texts, 'boundary', world.policies[boundary]);
    for (const [level, documents] of (world.scp[account] ?? []).entries()) {
      for (const document of documents) addDocument(texts, `scp${level}`, document);
    }
    prepare(`full${i}`, texts);
  }
  for (const i of new Set(requests.map((one) => one.resource))) {
    const policy = world.resources[i]?.policy ?? null;
    if (policy !== null) prepare(`resource${i}`, resourceTexts(policy));
  }
  const contexts = new Map(requests.map((request) => [request, contextOf(world, request)]));
  return (request) => decide(wasm, world, request, contexts.get(request) ?? {});
}

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
    if (key === 'aws:sourceip') context[key] = { __extn: { fn: 'ip', arg: value } };
    else context[key] = key === 's3:max-keys' ? Number(value) : value;
  }
  return context;
}

function decide(wasm: CedarWasm, world: World, request: BenchRequest, context: object): boolean {
  const { facts, account, boundary } = world.principals[request.principal] as BenchPrincipal;
  const resource = world.resources[request.resource];
  const own = callSet(wasm, `full${request.principal}`, context);
  if (own === null) return false;
  const theirs = resource?.policy ? callSet(wasm, `resource${request.resource}`, context) : [];
  if (theirs === null) return false;
  const says = (reasons: readonly string[], layer: string): boolean => reasons.some((id) => id.startsWith(layer));
  if (!(world.scp[account] ?? []).every((_, level) => says(own, `scp${level}_`))) return false;
  const isDirect = says(theirs, 'direct_');
  const boundaryAllows = boundary === null || says(own, 'boundary_');
  if (resource?.account !== account) return boundaryAllows && theirs.length > 0 && says(own, 'identity_');
  if (isDirect && facts.kind === 'user') return true;
  return boundaryAllows && (isDirect || says(own, 'identity_'));
}

/** The policies that allow; null: one denies. */
function callSet(wasm: CedarWasm, preparsedPolicySetId: string, context: object): readonly string[] | null {
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
  if (response.decision === 'allow') return response.diagnostics.reason;
  return response.diagnostics.reason.length > 0 ? null : [];
}
