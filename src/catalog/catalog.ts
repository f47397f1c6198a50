import { nearest } from '../policy/spelling.ts';
import { ActionDescriptions } from './action-descriptions.ts';
import type { CatalogAction, CatalogService, ConditionKey, ResourceType } from './catalog-service.ts';
import { readDataFile } from './data-file.ts';
import { LayeredTable, type Services } from './layered-table.ts';
import { ManagedPolicies, type ManagedPolicyEntry } from './managed-policies.ts';
import { hasResourcePolicies, policyHolders } from './policy-holders.ts';
import { type ResourceFit, resourceFit } from './resource-fit.ts';
import { matchesTemplate, specificity } from './resource-template.ts';
import { ServiceTable } from './service-table.ts';

export type { CatalogAction };

/**
 * The catalogue of what exists: at AWS, and the services of applications that the directory holds. All look-ups are synchronous; a
 * service of AWS is read when it is first needed.
 */
export interface Catalog {
  /** It as it is at this moment, which never changes: what takes several turns, or remembers, holds this. */
  readonly now: Catalog;
  /** AWS's part alone. */
  readonly aws: Catalog;
  /** The same with these services in place of those that were given before, by prefix in lower case. */
  withServices(own: ReadonlyMap<string, CatalogService>): Catalog;
  /** The day of its data: 2026-09-26. */
  readonly version: string;
  readonly globalConditionKeys: readonly ConditionKey[];
  /** `service:Action`, compared without case, no wildcards. Null: there is none. */
  action(name: string): CatalogAction | null;
  /** Prefixes of all services, sorted. */
  services(): readonly string[];
  /** Compared without case, as all service names. */
  service(key: string): CatalogService | null;
  /** Empty for a service that does not exist. */
  actionsOf(service: string): readonly CatalogAction[];
  serviceName(service: string): string | null;
  /** What AWS says of an action of the catalogue; null: nothing. */
  description(action: CatalogAction): string | null;
  /** The action whose name is nearest to an unknown one: `s3:GetObjcet` -> `s3:GetObject`. Null: none is near. */
  suggest(name: string): string | null;
  /** An AWS managed policy in its current version; of a deprecated one only the name may be known. */
  managedPolicy(arn: string): ManagedPolicyEntry | null;
  /** The ARNs whose resource-based policy can govern a request on `arn`, the nearest first. Empty: such resources cannot have one. */
  policyHolders(arn: string): readonly string[];
  /** Whether any resource of the service can have a resource-based policy. */
  hasResourcePolicies(service: string): boolean;
  /** Whether an action can be asked on a resource; see resource-fit.ts. */
  fit(action: CatalogAction, arn: string): ResourceFit;
  /** Name of the most specific resource type of `arn`, in the service that its third part names. */
  resourceTypeOf(arn: string): string | null;
}

/** AWS's part, which all states of a catalogue share. */
interface Files {
  readonly services: Services;
  readonly managedPolicies: ManagedPolicies;
  readonly descriptions: ActionDescriptions;
}

const NO_SERVICES: ReadonlyMap<string, CatalogService> = new Map();

class FileCatalog implements Catalog {
  readonly #files: Files;
  readonly #services: Services;
  readonly #own: ReadonlyMap<string, CatalogService>;
  readonly aws: Catalog;

  constructor(files: Files, own: ReadonlyMap<string, CatalogService> = NO_SERVICES, aws: Catalog | null = null) {
    this.aws = aws ?? this;
    this.#files = files;
    this.#own = own;
    this.#services = own.size === 0 ? files.services : new LayeredTable(files.services, own);
  }

  get now(): Catalog {
    return this;
  }

  withServices(own: ReadonlyMap<string, CatalogService>): Catalog {
    return own.size === 0 ? this.aws : new FileCatalog(this.#files, own, this.aws);
  }

  get version(): string {
    return this.#services.version;
  }

  get globalConditionKeys(): readonly ConditionKey[] {
    return this.#services.globalConditionKeys;
  }

  action(name: string): CatalogAction | null {
    return this.#services.action(name);
  }

  services(): readonly string[] {
    return this.#services.keys;
  }

  service(key: string): CatalogService | null {
    return this.#services.service(key);
  }

  actionsOf(service: string): readonly CatalogAction[] {
    return this.service(service)?.actions ?? [];
  }

  serviceName(service: string): string | null {
    return this.service(service)?.name ?? null;
  }

  description({ service, name }: CatalogAction): string | null {
    const known = this.service(service);
    return known === null || known.isOwn === true ? null : this.#files.descriptions.find(known, name);
  }

  suggest(name: string): string | null {
    const colon = name.indexOf(':');
    if (colon < 0) return null;
    const key = nearest(name.slice(0, colon), this.#services.keys);
    if (key === null) return null;
    const actions = this.actionsOf(key);
    const action = nearest(
      name.slice(colon + 1),
      actions.map((each) => each.name.slice(key.length + 1)),
    );
    return action === null ? null : `${key}:${action}`;
  }

  managedPolicy(arn: string): ManagedPolicyEntry | null {
    return this.#files.managedPolicies.find(arn);
  }

  policyHolders(arn: string): readonly string[] {
    const own = this.#own.size === 0 ? undefined : this.#own.get(arn.split(':', 3)[2] ?? '');
    if (own === undefined) return policyHolders(arn);
    return typeOf(own, arn)?.canHavePolicy === true ? [arn] : [];
  }

  hasResourcePolicies(service: string): boolean {
    const own = this.#own.get(service.toLowerCase());
    return own === undefined
      ? hasResourcePolicies(service)
      : own.resourceTypes.some(({ canHavePolicy }) => canHavePolicy === true);
  }

  fit(action: CatalogAction, arn: string): ResourceFit {
    return resourceFit(action, arn, this);
  }

  resourceTypeOf(arn: string): string | null {
    const service = arn.split(':', 3)[2];
    const known = service === undefined ? null : this.service(service);
    return known === null ? null : (typeOf(known, arn)?.name ?? null);
  }
}

/** The most specific type of `arn` in a service. */
function typeOf({ resourceTypes }: CatalogService, arn: string): ResourceType | null {
  let best: { readonly type: ResourceType; readonly specificity: number } | null = null;
  for (const type of resourceTypes) {
    for (const template of type.arns) {
      const candidate = { type, specificity: specificity(template) };
      if ((best === null || candidate.specificity > best.specificity) && matchesTemplate(template, arn)) {
        best = candidate;
      }
    }
  }
  return best?.type ?? null;
}

/** Opens the catalogue that the build wrote, AWS's alone. Rejects with the name of the file if it is missing. */
export async function openCatalog(): Promise<Catalog> {
  const services = new ServiceTable(await readDataFile('generated/catalog.jsonl'));
  return new FileCatalog({
    services,
    managedPolicies: new ManagedPolicies(),
    descriptions: new ActionDescriptions(),
  });
}
