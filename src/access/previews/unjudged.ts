import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { isRoleArn } from '../../directory/gather/wanted.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import type { PreparedResource } from '../../evaluation/prepare.ts';
import { EVERYBODY, namesIn } from '../../evaluation/principal-names.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import { parseArn } from '../../policy/arn.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import { refOf } from '../who-can-search.ts';
import type { BothStates } from './both-states.ts';
import { givesMore } from './endpoint-gain.ts';
import { isSameBeside, namesGiven } from './outside-grants.ts';
import type { Unjudged } from './previewed.ts';
import type { ChangedBearer } from './subject-parts.ts';

// Stored users and roles are compared by their terms. What others get, and what changes without a term, is named here: a verdict that
// does not look at it must not say that nobody gains anything.

/** Names of one policy that a sentence lists. */
const MOST_NAMES = 5;

const ASSUMING = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/** What a changed resource or role gives those who are no stored users or roles, and by its tags. */
export async function unjudgedOf(states: BothStates, bearer: ChangedBearer): Promise<Unjudged[]> {
  const { arn, before, after } = bearer;
  const found: Unjudged[] = [];
  const isNew = isRoleArn(arn) && !(await isRole(states, arn));
  const outsiders = await outsidersAmong(states, namesGivenBy(bearer));
  if (outsiders.length > 0) {
    const more = outsiders.length > MOST_NAMES ? ` and ${outsiders.length - MOST_NAMES} more` : '';
    const names = outsiders.slice(0, MOST_NAMES).join(', ') + more;
    const gap = `what the policy of ${arn} gives to ${names}: the directory holds no such user or role`;
    // All that a new role may do is compared as what the role itself gains; who assumes an old one may do all that it may.
    const given = isRoleArn(arn) ? null : actionsAllowed(states.before.catalog, after);
    found.push({ gap, actions: isNew ? ASSUMING : given });
  }
  if (!isNew && textOf(before.facts.tags) !== textOf(after.facts.tags)) found.push(byTags(states, arn));
  return found;
}

/** The actions that an Allow for whoever is not stored can name: no policy of a resource gives others. */
function actionsAllowed(catalog: Catalog, { facts, grantPolicies, bucket }: PreparedResource): readonly string[] {
  const policies = [facts.policy, bucket?.policy ?? null, ...grantPolicies].filter((one) => one !== null);
  return actionsAllowedBy(
    catalog,
    policies.flatMap(({ policy }) => policy.statements),
  );
}

function actionsAllowedBy(catalog: Catalog, statements: readonly CompiledStatement[]): readonly string[] {
  const allows = statements.filter((statement) => statement.allows);
  const named: string[] = [];
  for (const service of catalog.services()) {
    for (const action of catalog.actionsOf(service)) {
      if (allows.some(({ actions }) => actionMatches(actions, action.service, actionName(action))))
        named.push(action.name);
    }
  }
  return named;
}

/** The actions of all services that can be asked on it, or inside of it; null: any, because who assumes a role may do what it may. */
function actionsOn(catalog: Catalog, arn: string): readonly string[] | null {
  if (isRoleArn(arn)) return null;
  const { service: own = '' } = parseArn(arn) ?? {};
  const asked: string[] = [];
  for (const service of catalog.services()) {
    const actions = catalog.actionsOf(service);
    const isAsked = (one: CatalogAction): boolean =>
      [arn, `${arn}/x`].some((resource) => catalog.fit(one, resource).kind === 'fits');
    if (service === own || actions.some(isAsked)) asked.push(...actions.map(({ name }) => name));
  }
  return asked;
}

/** What touched users get by their tags, and what depends on VPC endpoints. */
export async function unjudgedBeside(states: BothStates): Promise<Unjudged[]> {
  const { touched } = states.preview;
  const found: Unjudged[] = [];
  const idsOf = (kind: string) => touched.flatMap(({ entity, entityId }) => (entity === kind ? [entityId] : []));
  const users = idsOf('User');
  const { before, after } = await states.gather({ principals: users.map(refOf), roles: [], resources: [] });
  for (const arn of users) {
    const [one, other] = [before, after].map((each) => each.principal(refOf(arn))?.value.tags);
    if (one !== undefined && other !== undefined && textOf([...one]) !== textOf([...other]))
      found.push(byTags(states, arn));
  }
  for (const id of idsOf('VpcEndpoint')) {
    if (!(await givesMore(states, id))) continue;
    const through = (await states.gather({ principals: [], roles: [], resources: [], endpoints: [id] })).after.endpoint(
      id,
    );
    // Without a policy it lets everything through.
    const policy = through?.value?.source?.policy ?? null;
    const actions =
      policy === null || policy.closed ? null : actionsAllowedBy(states.before.catalog, policy.statements);
    found.push({ gap: `what requests through the VPC endpoint ${id} are allowed`, actions });
  }
  return found;
}

/** What its own tags give somebody is compared: what is left are conditions on those of the resource that it is. */
function byTags({ before: { catalog } }: BothStates, arn: string): Unjudged {
  const gap = `what conditions on the tags of ${arn} give: its tags change`;
  return { gap, actions: actionsOn(catalog, arn) };
}

/** Whether the role is there before the changes. */
async function isRole(states: BothStates, arn: string): Promise<boolean> {
  const { before } = await states.gather({ principals: [], roles: [arn], resources: [] });
  return before.role(arn) !== null;
}

/** Whom the Allows of a resource or role name, or may name, that give them more than before. */
function namesGivenBy(bearer: ChangedBearer): ReadonlySet<string> {
  const { grantPolicies, bucket } = bearer.after;
  const names = new Set(namesGiven(bearer));
  const others = [bucket?.policy ?? null, ...grantPolicies].filter((one) => one !== null);
  if (isSameBeside(bearer)) return names;
  for (const { policy } of others) {
    for (const statement of policy.statements) {
      // What is bound to an id has its ARN as well.
      if (statement.allows) for (const name of namesIn(statement, {}) ?? [`every ${EVERYBODY}`]) names.add(name);
    }
  }
  return names;
}

/** Those of the names that are no stored users or roles. */
async function outsidersAmong(states: BothStates, names: ReadonlySet<string>): Promise<readonly string[]> {
  const outsiders: string[] = [];
  const told = [...names].map((name) => [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)] as const);
  const accounts = await states.preview.accountsAmong(told.flatMap(([kind, id]) => (kind === 'account' ? [id] : [])));
  for (const [kind, id] of told) {
    if (kind === 'sessions' || (kind === 'account' && accounts.has(id))) continue;
    if (kind !== 'arn' || !(await isThere(states, id))) outsiders.push(id);
  }
  return outsiders;
}

/** Whether it is a user or a role, or a session of one, after the changes. */
async function isThere(states: BothStates, arn: string): Promise<boolean> {
  const ref = parsePrincipalRef(arn);
  if (ref === null) return false;
  const { after } = await states.gather({ principals: [ref], roles: [], resources: [] });
  return after.principal(ref) !== null;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}
