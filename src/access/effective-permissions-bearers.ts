import type { ClosedFormBuilder } from '../analysis/closed-form.ts';
import type { Governed } from '../analysis/entry.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Directory, Gathered } from '../directory/directory.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { PrincipalFacts } from '../evaluation/principal.ts';
import { parseArn } from '../policy/arn.ts';
import { faultGaps } from '../policy/policy-fault.ts';
import type { Steps } from '../policy/steps.ts';
import { governedBy } from './effective-permissions-governed.ts';
import { type OneRevision, pagesOf, partsOf, partsOfPages, SCAN_PAGE } from './scan.ts';
import type { Work } from './work.ts';

/** Owners, by ARN, of resources with policies whose ARNs name no account. */
export type Owners = ReadonlyMap<string, string>;

/** The results of a scan of all policies of resources. */
interface Bearers {
  readonly owners: Owners;
  /** The unreadable parts of the policies that concern the principals. */
  readonly gaps: readonly string[];
}

interface Tools {
  readonly directory: Directory;
  readonly catalog: Catalog;
  readonly work: Work;
}

/** Greatest number of resource policies whose faults are listed. */
const MOST_GAPS = 50;

/**
 * Passes every resource of the directory that has a policy, and every role whose trust policy can concern the principals, to `builders`,
 * which keep the parts that do. `callers`: these principals. Works page by page: memory is bounded by the kept parts, and time grows with the
 * number of resources and roles (each is looked up, and its statements compared with the principals, once).
 */
export async function addBearers(
  tools: Tools,
  builders: readonly Pick<ClosedFormBuilder, 'add'>[],
  callers: readonly PrincipalFacts[],
  now: number,
  check: OneRevision,
): Promise<Bearers> {
  const owners = new Map<string, string>();
  const gaps: string[] = [];
  if (builders.length === 0) return { owners, gaps };
  const { directory, catalog, work } = tools;
  const children = await nested(tools);
  const add = async (arns: readonly string[]): Promise<void> => {
    await work.turn();
    const resources = arns.map((arn) => ({ arn, accountId: null }));
    const gathered = await directory.gather({ principals: [], roles: [], resources, now, forSearch: true });
    check(gathered.revision);
    await work.run(addEach(arns, gathered));
  };
  const addEach = function* (arns: readonly string[], gathered: Gathered): Steps<void> {
    for (const arn of arns) {
      yield 1;
      const { value } = gathered.resource(arn, null);
      if (value.accountId !== null && parseArn(arn)?.accountId === '') owners.set(arn, value.accountId);
      const { policy } = value.facts;
      if (policy === null && value.grantPolicies.length === 0 && value.bucket === null) continue;
      let concerned = false;
      for (const governed of governedOf(value, catalog, children.get(arn))) {
        for (const builder of builders) if (yield* builder.add(value, governed)) concerned = true;
      }
      if (concerned && policy !== null && gaps.length < MOST_GAPS) gaps.push(...unreadIn(policy, arn));
    }
  };
  for await (const part of partsOfPages(resourcePages(tools))) await add(part);
  for await (const part of rolesAbout(tools, callers, check)) await add(part);
  check(await directory.revision());
  return { owners, gaps };
}

/** Parts of the roles whose trust policies say anything of the callers, in the order of their ARNs; all where there is no index. */
async function* rolesAbout(
  { directory, work }: Tools,
  callers: readonly PrincipalFacts[],
  check: OneRevision,
): AsyncGenerator<readonly string[], void, undefined> {
  const index = await directory.principals();
  if (index === null) {
    yield* partsOfPages(pagesOf(directory, 'roleArns', work));
    return;
  }
  check(index.revision);
  const roles = new Set(callers.flatMap((caller) => [...index.rolesAbout(caller)]));
  yield* partsOf([...roles].map(({ arn }) => arn).sort());
}

/** By a resource without others inside: what its policy governs. It is the same on every scan. */
const known = new WeakMap<PreparedResource, readonly Governed[]>();

function governedOf(
  resource: PreparedResource,
  catalog: Catalog,
  children: readonly string[] | undefined,
): readonly Governed[] {
  const { arn } = resource.facts;
  if (children !== undefined) return governedBy(arn, catalog, children);
  const before = known.get(resource) ?? governedBy(arn, catalog, []);
  known.set(resource, before);
  return before;
}

function unreadIn({ policy }: AttachedPolicy, arn: string): readonly string[] {
  const what = `the policy of ${arn}`;
  return policy.closed ? [`${what} cannot be read, so that nothing is allowed on it`] : faultGaps(policy.faults, what);
}

/** Resources with policies inside other resources with policies, by the outer one. */
async function nested(tools: Tools): Promise<ReadonlyMap<string, readonly string[]>> {
  const children = new Map<string, string[]>();
  for await (const page of resourcePages(tools)) {
    for (const arn of page) {
      for (const outer of tools.catalog.policyHolders(arn)) {
        if (outer === arn) continue;
        const known = children.get(outer);
        if (known === undefined) children.set(outer, [arn]);
        else known.push(arn);
      }
    }
  }
  return children;
}

async function* resourcePages({ directory, work }: Tools): AsyncGenerator<readonly string[], void, undefined> {
  let after: string | undefined;
  for (;;) {
    const where = after === undefined ? { limit: SCAN_PAGE } : { after, limit: SCAN_PAGE };
    const page = await directory.resourceArnsWithPolicy(where);
    // Roles are added with the roles below.
    const resources = page.filter((arn) => !arn.includes(':role/') || parseArn(arn)?.service !== 'iam');
    if (resources.length > 0) yield resources;
    if (page.length < SCAN_PAGE) return;
    await work.rest();
    after = page.at(-1);
  }
}
