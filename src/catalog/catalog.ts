import { nearest } from '../policy/spelling.ts';
import { ActionDescriptions } from './action-descriptions.ts';
import type { CatalogAction, CatalogService, ConditionKey } from './catalog-service.ts';
import { readDataFile } from './data-file.ts';
import { ManagedPolicies, type ManagedPolicyEntry } from './managed-policies.ts';
import { hasResourcePolicies, policyHolders } from './policy-holders.ts';
import { type ResourceFit, resourceFit } from './resource-fit.ts';
import { matchesTemplate, specificity } from './resource-template.ts';
import { ServiceTable } from './service-table.ts';

export type { CatalogAction };

/** The catalogue of what exists at AWS. All look-ups are synchronous; a service is read when it is first needed. */
export interface Catalog {
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

class FileCatalog implements Catalog {
  readonly #services: ServiceTable;
  readonly #managedPolicies = new ManagedPolicies();
  readonly #descriptions = new ActionDescriptions();

  constructor(services: ServiceTable) {
    this.#services = services;
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
    return known === null ? null : this.#descriptions.find(known, name);
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
    return this.#managedPolicies.find(arn);
  }

  policyHolders(arn: string): readonly string[] {
    return policyHolders(arn);
  }

  hasResourcePolicies(service: string): boolean {
    return hasResourcePolicies(service);
  }

  fit(action: CatalogAction, arn: string): ResourceFit {
    return resourceFit(action, arn, this);
  }

  resourceTypeOf(arn: string): string | null {
    const service = arn.split(':', 3)[2];
    let best: { readonly name: string; readonly specificity: number } | null = null;
    for (const type of (service === undefined ? null : this.service(service))?.resourceTypes ?? []) {
      for (const template of type.arns) {
        const candidate = { name: type.name, specificity: specificity(template) };
        if ((best === null || candidate.specificity > best.specificity) && matchesTemplate(template, arn)) {
          best = candidate;
        }
      }
    }
    return best?.name ?? null;
  }
}

/** Opens the catalogue that the build wrote. Rejects with the name of the file if it is missing. */
export async function openCatalog(): Promise<Catalog> {
  return new FileCatalog(new ServiceTable(await readDataFile('generated/catalog.jsonl')));
}
