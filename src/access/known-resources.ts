import { globOfParts, globsOverlap, type ResourceGlob, resourceGlob } from '../analysis/resource-set.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AskedDirectory } from '../directory/directory.ts';
import { parseArn, splitArn } from '../policy/arn.ts';
import { readTemplate } from '../policy/variable.ts';
import { governedBy, literal } from './effective-permissions-governed.ts';
import { pagesOf, SCAN_PAGE } from './scan.ts';
import type { Work } from './work.ts';

/** What the directory knows about the resources of a pattern. */
export interface Known {
  /** Patterns, in the form of a policy, of resources that are decided differently from resources outside the directory. */
  readonly patterns: readonly string[];
  /** ARNs of resources with known tags and owner. */
  readonly arns: ReadonlySet<string>;
  /** False: there are more than the limit. */
  readonly complete: boolean;
}

/** Greatest number of resources of the directory that are examined for one pattern. */
const MOST_KNOWN = 2000;

const HEADS = 5;

/** The resources and roles of a directory, read once for all patterns in one request. */
export class KnownResources {
  readonly #directory: AskedDirectory;
  readonly #catalog: Catalog;
  readonly #work: Work;
  #bearers: Promise<readonly string[]> | undefined;
  #all: Promise<readonly string[]> | undefined;
  #roles: Promise<readonly string[]> | undefined;

  constructor(directory: AskedDirectory, catalog: Catalog, work: Work) {
    this.#directory = directory;
    this.#catalog = catalog;
    this.#work = work;
  }

  /** `services`: the services of the ARNs that it can match. `tagsMatter`: a policy depends on tags of resources. */
  async within(pattern: string, services: ReadonlySet<string>, tagsMatter: boolean): Promise<Known> {
    const wanted = patternGlob(pattern);
    const patterns = new Set<string>();
    const arns = new Set<string>();
    const add = (arn: string, texts: readonly string[]): void => {
      const met = texts.filter((text) => globsOverlap(resourceGlob(text), wanted));
      if (met.length === 0) return;
      arns.add(arn);
      for (const text of met) patterns.add(text);
    };
    const isMeant = (arn: string): boolean => {
      const service = parseArn(arn)?.service ?? '';
      return services.has(service) || (service === 'apigateway' && services.has('execute-api'));
    };
    for (const arn of await this.#withPolicy()) {
      await this.#work.turn();
      if (patterns.size > MOST_KNOWN) break;
      if (!isMeant(arn)) continue;
      const governed = governedBy(arn, this.#catalog, []);
      add(arn, [literal(arn), ...governed.flatMap((one) => [...one.resources, ...one.notResources])]);
    }
    // For other resources only tags count, and the owner if the ARN does not contain it.
    for (const arn of await this.#others()) {
      await this.#work.turn();
      if (patterns.size > MOST_KNOWN) break;
      if (isMeant(arn) && (tagsMatter || parseArn(arn)?.accountId === ''))
        add(arn, [literal(arn), `${literal(arn)}/*`]);
    }
    for (const arn of services.has('iam') ? await this.#allRoles() : []) {
      await this.#work.turn();
      if (patterns.size > MOST_KNOWN) break;
      add(arn, [literal(arn)]);
    }
    return { patterns: [...patterns], arns, complete: patterns.size <= MOST_KNOWN };
  }

  #withPolicy(): Promise<readonly string[]> {
    this.#bearers ??= listed((page) => this.#directory.resourceArnsWithPolicy(page), this.#work);
    return this.#bearers;
  }

  #others(): Promise<readonly string[]> {
    this.#all ??= listed((page) => this.#directory.resourceArns(page), this.#work);
    return this.#all;
  }

  #allRoles(): Promise<readonly string[]> {
    this.#roles ??= (async () => {
      const found: string[] = [];
      for await (const page of pagesOf(this.#directory, 'roleArns', this.#work)) found.push(...page);
      return found;
    })();
    return this.#roles;
  }
}

async function listed(
  read: (page: { readonly after?: string; readonly limit: number }) => Promise<readonly string[]>,
  work: Work,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (;;) {
    const after = found.at(-1);
    const page = await read(after === undefined ? { limit: SCAN_PAGE } : { after, limit: SCAN_PAGE });
    found.push(...page);
    if (page.length < SCAN_PAGE) return found;
    await work.rest();
  }
}

/** The resources that a question's pattern matches: it has no policy variables. */
export function patternGlob(pattern: string): ResourceGlob {
  if (pattern === '*') return resourceGlob('*');
  const parts = splitArn(pattern);
  return globOfParts(parts.slice(0, HEADS), readTemplate(parts[HEADS] ?? '', { variables: false, wildcards: true }));
}
