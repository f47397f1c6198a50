import type { Governed } from '../analysis/entry.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { splitArn } from '../policy/arn.ts';

/** The part of the catalogue that knows which resource's policy governs a resource. */
export type PolicyHolders = Pick<Catalog, 'policyHolders'>;

/** Resources below an ARN that have their own policies, and to which the policy of their parent does not apply. */
const INDEPENDENT = ['/stream/', '/consumer/'];

/** Resources whose ARN does not begin with the ARN of the resource whose policy governs them; `$` is its name. */
const ELSEWHERE: Readonly<Record<string, readonly (readonly [holder: string, ...governed: readonly string[]])[]>> = {
  apigateway: [['/restapis/']],
  codebuild: [
    ['project/', 'build/$', 'build/$:*', 'build-batch/$', 'build-batch/$:*', 'build/$/*', 'build-batch/$/*'],
    ['report-group/', 'report/$', 'report/$:*', 'report/$/*'],
  ],
  codeartifact: [['repository/', 'package/$/?*']],
  events: [['event-bus/', 'rule/$/?*']],
  glue: [['catalog', 'database/?*', 'table/?*', 'tableVersion/?*', 'userDefinedFunction/?*', 'connection/?*']],
  schemas: [['registry/', 'schema/$/?*']],
};

/**
 * The resources whose requests the policy of `holder` governs, as a union of sets: the inverse of `Catalog.policyHolders`.
 * `children`: resources inside it that have their own policies, which take precedence.
 */
export function governedBy(holder: string, catalog: PolicyHolders, children: readonly string[]): readonly Governed[] {
  const own = literal(holder);
  const reaches = (arn: string): boolean => catalog.policyHolders(arn).includes(holder);
  const resources = [own];
  const notResources: string[] = children.flatMap((child) => [literal(child), ...behind(child, catalog)]);
  if (reaches(`${holder}/x`)) {
    resources.push(`${own}/*`);
    for (const deeper of INDEPENDENT) if (!reaches(`${holder}${deeper}x`)) notResources.push(`${own}${deeper}?*`);
  }
  if (reaches(`${holder}:x`)) resources.push(`${own}:*`);
  const [, partition = '', service = '', region = '', account = '', name = ''] = splitArn(holder);
  if (service === 'apigateway' && name.startsWith('/restapis/')) {
    // Requests to an API have resources of execute-api; the ARN of the API itself names no account.
    const api = `arn:${partition}:execute-api:${region}:*:${literal(name.slice('/restapis/'.length))}`;
    resources.push(api, `${api}/*`);
  }
  for (const [prefix, ...patterns] of Object.hasOwn(ELSEWHERE, service) ? (ELSEWHERE[service] ?? []) : []) {
    if (prefix.endsWith('/') ? !name.startsWith(prefix) : name !== prefix) continue;
    const rest = literal(name.slice(prefix.length));
    const base = `arn:${partition}:${service}:${region}:${account}:`;
    resources.push(...patterns.map((pattern) => base + pattern.replace('$', () => rest)));
  }
  const all = [{ resources, notResources }];
  if (service !== 'events' || name !== 'event-bus/default') return all;
  // Rules of the default bus need not contain its name; a rule that names a bus belongs to that bus.
  const rules = `arn:${partition}:events:${region}:${account}:rule/`;
  return [...all, { resources: [`${rules}?*`], notResources: [`${rules}?*/?*`] }];
}

function behind(child: string, catalog: PolicyHolders): readonly string[] {
  return ['/', ':'].flatMap((mark) =>
    catalog.policyHolders(`${child}${mark}x`).includes(child) ? [`${literal(child)}${mark}*`] : [],
  );
}

/** A pattern that matches only the text itself. */
export function literal(text: string): string {
  return text.replace(/[*?]|\$(?=\{)/g, (char) => `\${${char}}`);
}
