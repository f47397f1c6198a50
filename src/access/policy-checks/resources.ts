import type { Ruled } from '../../analysis/grants/covers.ts';
import { globCovers, resourceGlob } from '../../analysis/resource-set.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { askedArn } from '../../evaluation/asked-on.ts';
import { type PreparedResource, prepareResource } from '../../evaluation/prepare.ts';
import { parseArn } from '../../policy/arn.ts';
import type { ContextReader } from '../../policy/context-key.ts';
import { ANY_RUN } from '../../policy/pattern.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import { regionsOf } from '../../policy/regions.ts';
import type { Steps } from '../../policy/steps.ts';
import { readTemplate, resolveTemplate } from '../../policy/variable.ts';
import { type Form, formOf, formOfPattern, resourcesOf } from '../pattern-resources.ts';

/** A resource of requests that are made up. */
export interface MadeResource {
  readonly arn: string;
  /** Its owner if its ARN names none; null: the ARN names it, or there is no resource. */
  readonly owner: string | null;
  /** The Region of the request if the ARN names none; null: the ARN does, or it is not said. */
  readonly region: string | null;
  readonly prepared: PreparedResource;
}

interface MadeResources {
  readonly list: readonly MadeResource[];
  /** False: some resources are not represented. */
  readonly complete: boolean;
}

interface ResourceQuestion {
  readonly catalog: Catalog;
  readonly action: CatalogAction;
  /** The caller's; empty: it belongs to none. */
  readonly partition: string;
  /** Owners of resources whose ARN names none, the likeliest first; their accounts, and those of ARNs. */
  readonly owners: readonly string[];
  /** The first of them that are tried where no condition is about the owner. */
  readonly likelyOwners: number;
  readonly statements: readonly Ruled[];
  /** ARN patterns one of which the resource has to match; null: any resource. */
  readonly within: readonly string[] | null;
  /** Values of policy variables. */
  readonly reader: ContextReader;
}

/** Resources of every set that the statements divide those of the action into. */
export function* madeResources(question: ResourceQuestion): Steps<MadeResources> {
  const { catalog, action, partition, owners, within } = question;
  const conditions = question.statements.flatMap(({ statement }) => statement.conditions);
  const regionMatters = conditions.some(({ keys }) => keys.some(({ name }) => OF_REGION.has(name)));
  const owner = conditions.some(({ keys }) => keys.some(({ name }) => name.endsWith(':resourceaccount')));
  const arns = new Set<string>();
  let complete = true;
  if (action.wildcardOnly) {
    for (const arn of listed(question)) arns.add(arn);
  } else {
    const patterns = within ?? ['*'];
    const forms = [
      ...WITHOUT_NAME,
      ...question.statements.flatMap((ruled) => formsOf(ruled, question.reader)),
      ...(within ?? []).map(formOfPattern),
    ];
    for (const pattern of patterns) {
      const about = {
        catalog,
        action,
        partition,
        owner: null,
        accounts: new Set(owners.slice(0, FEW_OWNERS)),
        forms,
        regionMatters,
      };
      const found = yield* resourcesOf(pattern, about);
      complete &&= found.complete;
      for (const arn of [...found.arns].sort((a, b) => Number(isNameless(a)) - Number(isNameless(b)))) arns.add(arn);
    }
  }
  const list: MadeResource[] = [];
  for (const arn of arns) {
    yield 1;
    const regions = regionMatters ? regionsFor(arn, partition) : [null];
    for (const region of regions)
      for (const one of ownersFor(arn, owner ? owners : owners.slice(0, question.likelyOwners)))
        list.push(made(arn, one, region));
  }
  return { list, complete };
}

const OF_REGION: ReadonlySet<string> = new Set(['aws:requestedregion', 'ec2:region']);
/** The first ones, of which one is nobody's in the documents. */
const FEW_OWNERS = 2;
/** Parts of an ARN before its resource. */
const HEADS = 5;

/** Names that end where one would begin. They are told apart, so that others are tried first. */
const WITHOUT_NAME: readonly Form[] = ['/', ':'].map((end) => formOf(Array<string>(HEADS).fill('*'), [ANY_RUN, end]));

function isNameless(arn: string): boolean {
  return arn.endsWith('/') || arn.endsWith(':');
}

/** What an action without resource types is asked on: nothing, or the ARN of a listing, in each Region. */
function listed({ action: { askedOn }, partition, owners, within }: ResourceQuestion): readonly string[] {
  if (askedOn === undefined) return within === null || within.some((text) => ONLY_STARS.test(text)) ? ['*'] : [];
  const [accountId = ''] = owners;
  const regions = askedOn.arn.includes('$R') ? regionsOf(partition) : [null];
  const arns = regions.map((region) => askedArn(askedOn, { partition, accountId }, region));
  if (within === null) return arns;
  const globs = within.map(resourceGlob);
  // A star in such an ARN is no wildcard.
  return arns.filter((arn) => globs.some((glob) => globCovers(glob, resourceGlob(arn.replaceAll('*', '${*}')))));
}

const ONLY_STARS = /^\*+$/;

function formsOf({ statement, variables }: Ruled, reader: ContextReader): readonly Form[] {
  return (statement.resources?.patterns ?? []).flatMap(({ everything, parts }) => {
    if (everything || parts.length <= HEADS) return [];
    const pieces = resolveTemplate(readTemplate(parts[HEADS] ?? '', { variables, wildcards: true }), reader);
    return pieces === null ? [] : [formOf(parts, pieces)];
  });
}

function regionsFor(arn: string, partition: string): readonly (string | null)[] {
  const parts = parseArn(arn);
  if (parts !== null && parts.region !== '') return [null];
  return regionsOf(parts?.partition ?? (partition === '' ? 'aws' : partition));
}

function ownersFor(arn: string, owners: readonly string[]): readonly (string | null)[] {
  if (arn === '*' || isAccountId(parseArn(arn)?.accountId ?? '')) return [null];
  return owners;
}

function made(arn: string, owner: string | null, region: string | null): MadeResource {
  const facts = {
    arn,
    accountId: owner,
    organization: null,
    tags: null,
    policy: null,
    policyBindings: {},
    resourceControl: null,
  };
  return { arn, owner, region, prepared: prepareResource(arn.endsWith('*') ? { ...facts, tags: {} } : facts) };
}
