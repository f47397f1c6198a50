import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import { splitArn } from '../../policy/arn.ts';
import type { ResourcePattern } from '../../policy/resource-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';

// Where to look for what a principal may do: the Allows of its own policies. Whether it may is then decided by the evaluator.

/** Regions that are tried where a policy names none. */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: ['us-east-1', 'eu-west-1', 'us-west-2', 'eu-central-1', 'ap-southeast-1'],
  'aws-cn': ['cn-north-1'],
  'aws-us-gov': ['us-gov-west-1'],
};
/** Resources of one type that are tried. */
const MOST_TRIED = 50;
/** A placeholder of a template, or a policy variable. */
const VARIABLE = /\$\{([^}]*)\}/g;
const WILDCARD = /[*?]/;
const WILDCARDS = /[*?]+/g;
/** In place of what a policy leaves open. */
const ANY_TEXT = 'x';

/** The Allows of its identity policies that are about the action. */
export function allowsOf({ policies }: PreparedPrincipal, action: CatalogAction): readonly CompiledStatement[] {
  if (policies === null) return [];
  const name = actionName(action);
  return policies.source.identity.flatMap(({ policy }) =>
    policy.statements.filter(({ allows, actions }) => allows && actionMatches(actions, action.service, name)),
  );
}

/** Resources of a type on which its Allows of an action could let it act: those that their patterns name, or some of any name. */
export function resourcesFor(
  catalog: Catalog,
  principal: PreparedPrincipal,
  { action: name, type: typeName }: { readonly action: string; readonly type: string },
): readonly string[] {
  const action = catalog.action(name);
  return action === null ? [] : resourcesIn(catalog, principal, allowsOf(principal, action), action, typeName);
}

/** Resources of a type that the patterns of statements name, or some of any name. */
export function resourcesIn(
  catalog: Catalog,
  principal: PreparedPrincipal,
  statements: readonly CompiledStatement[],
  action: CatalogAction,
  typeName: string,
): readonly string[] {
  const type = action.resourceTypes.find((one) => one.type.name === typeName)?.type;
  if (type === undefined) return [];
  const found = new Set<string>();
  for (const { resources } of statements) {
    const named = resources === null || resources.negated ? [] : resources.patterns.filter((one) => !one.everything);
    for (const template of type.arns) {
      const arns =
        named.length === 0 ? ofAnyName(template, principal) : named.map((one) => matching(one, template, principal));
      for (const arn of arns) if (catalog.fit(action, arn).kind === 'fits') found.add(arn);
    }
    if (found.size >= MOST_TRIED) break;
  }
  return [...found].slice(0, MOST_TRIED);
}

/** Resources with a name that hardly a policy has. */
function ofAnyName(template: string, { partition, accountId }: PreparedPrincipal): readonly string[] {
  const [, , service = '', region = '', account = '', rest = ''] = splitArn(template);
  const regions = region === '' ? [''] : (REGIONS[partition] ?? []);
  const owner = account.includes('$') ? accountId : account;
  return regions.map((one) => ['arn', partition, service, one, owner, rest.replace(VARIABLE, ANY_TEXT)].join(':'));
}

/** A resource that the pattern matches if it can match one of that type: in the principal's account where it does not say. */
function matching({ parts }: ResourcePattern, template: string, principal: PreparedPrincipal): string {
  const { partition, accountId, facts } = principal;
  const [, , ofType = '', regionOfType = '', , restOfType = ''] = splitArn(template);
  const [, , service = '', region = '', account = '', rest = ''] = parts;
  const open = (part: string, value: string): string => (WILDCARD.test(part) ? value : part);
  const name = facts.kind === 'user' ? facts.name : ANY_TEXT;
  const filled = rest
    .replace(VARIABLE, (_text, key: string) => (key.toLowerCase() === 'aws:username' ? name : ANY_TEXT))
    .replace(WILDCARDS, ANY_TEXT);
  return [
    'arn',
    partition,
    open(service, ofType),
    regionOfType === '' ? '' : open(region, REGIONS[partition]?.[0] ?? ''),
    open(account, accountId),
    // A bare `*` leaves open of which type it is.
    /^\*+$/.test(rest) ? restOfType.replace(VARIABLE, ANY_TEXT) : filled,
  ].join(':');
}
