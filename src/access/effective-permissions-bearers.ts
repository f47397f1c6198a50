import type { ClosedFormBuilder } from '../analysis/closed-form.ts';
import type { Governed } from '../analysis/entry.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AskedDirectory, Gathered } from '../directory/directory.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { PrincipalFacts } from '../evaluation/principal.ts';
import { namesOf } from '../evaluation/principal-names.ts';
import { WeakMemo } from '../evaluation/weak-memo.ts';
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
  readonly directory: AskedDirectory;
  readonly catalog: Catalog;
  readonly work: Work;
}

/** Greatest number of resource policies whose faults are listed. */
const MOST_GAPS = 50;

/** For whom a closed form is built, and what builds it. */
export interface Building {
  readonly facts: PrincipalFacts;
  readonly builder: Pick<ClosedFormBuilder, 'add'>;
}

/**
 * Passes the resources of the directory whose policies can concern a principal, and the roles whose trust policies can, to the
 * builders, which keep the parts that do. The directory knows who they are; where they take more room than it has, every resource
 * with a policy and every role is passed, page by page.
 */
export async function addBearers(
  tools: Tools,
  buildings: readonly Building[],
  now: number,
  check: OneRevision,
): Promise<Bearers> {
  const { directory } = tools;
  const known = await directory.bearers();
  if (known === null) return addAll(tools, buildings, now, check);
  check(known.revision);
  const { owners } = known;
  const arns = known.concerning(new Set(buildings.flatMap(({ facts }) => namesOf(facts))));
  const inside = new Map(arns.map((arn) => [arn, known.inside(arn)]));
  const adding = new Adding(tools, buildings, now, check, (arn) => inside.get(arn));
  for (const part of partsOf(arns)) await adding.add(part);
  check(await directory.revision());
  return { owners, gaps: adding.gaps };
}

/** Time grows with the number of resources and roles: each is looked up, and its statements compared with the principals, once. */
async function addAll(tools: Tools, buildings: readonly Building[], now: number, check: OneRevision): Promise<Bearers> {
  const { directory, work } = tools;
  const children = await nested(tools);
  const adding = new Adding(tools, buildings, now, check, (arn) => children.get(arn));
  for await (const part of partsOfPages(resourcePages(tools))) await adding.add(part);
  for await (const part of partsOfPages(pagesOf(directory, 'roleArns', work))) await adding.add(part);
  check(await directory.revision());
  return { owners: adding.owners, gaps: adding.gaps };
}

/** Passes bearers on, and keeps what else they say. */
class Adding {
  readonly owners = new Map<string, string>();
  readonly gaps: string[] = [];
  readonly #tools: Tools;
  readonly #buildings: readonly Building[];
  readonly #now: number;
  readonly #check: OneRevision;
  readonly #inside: (arn: string) => readonly string[] | undefined;

  constructor(
    tools: Tools,
    buildings: readonly Building[],
    now: number,
    check: OneRevision,
    inside: (arn: string) => readonly string[] | undefined,
  ) {
    this.#tools = tools;
    this.#buildings = buildings;
    this.#now = now;
    this.#check = check;
    this.#inside = inside;
  }

  async add(arns: readonly string[]): Promise<void> {
    const { directory, work } = this.#tools;
    await work.turn();
    const resources = arns.map((arn) => ({ arn, accountId: null }));
    const gathered = await directory.gather({ principals: [], roles: [], resources, now: this.#now, forSearch: true });
    this.#check(gathered.revision);
    await work.run(this.#addEach(arns, gathered));
  }

  *#addEach(arns: readonly string[], gathered: Gathered): Steps<void> {
    const { catalog } = this.#tools;
    for (const arn of arns) {
      yield 1;
      const { value } = gathered.resource(arn, null);
      if (value.accountId !== null && parseArn(arn)?.accountId === '') this.owners.set(arn, value.accountId);
      const { policy } = value.facts;
      if (policy === null && value.grantPolicies.length === 0 && value.bucket === null) continue;
      let concerned = false;
      for (const governed of governedOf(value, catalog, this.#inside(arn))) {
        for (const { builder } of this.#buildings) if (yield* builder.add(value, governed)) concerned = true;
      }
      if (concerned && policy !== null && this.gaps.length < MOST_GAPS) this.gaps.push(...unreadIn(policy, arn));
    }
  }
}
/** By a resource without others inside: what its policy governs. It is the same on every scan. */
const known = new WeakMemo<PreparedResource, readonly Governed[]>();

function governedOf(
  resource: PreparedResource,
  catalog: Catalog,
  children: readonly string[] | undefined,
): readonly Governed[] {
  const { arn } = resource.facts;
  if (children !== undefined) return governedBy(arn, catalog, children);
  const before = known.get(resource);
  if (before !== undefined) return before;
  const made = governedBy(arn, catalog, []);
  known.set(resource, made);
  return made;
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
