import type { Catalog } from './catalog.ts';
import type { CatalogAction, CatalogService, ConditionKey } from './catalog-service.ts';
import type { ManagedPolicyEntry } from './managed-policies.ts';
import type { ResourceFit } from './resource-fit.ts';

/** The catalogue of whatever revision the directory has reached: `become` replaces the one behind it. */
export class LiveCatalog implements Catalog {
  #now: Catalog;

  constructor(first: Catalog) {
    this.#now = first;
  }

  /** From here on, every look-up is in `catalog`. */
  become(catalog: Catalog): void {
    this.#now = catalog;
  }

  get now(): Catalog {
    return this.#now;
  }

  get aws(): Catalog {
    return this.#now.aws;
  }

  withServices(own: ReadonlyMap<string, CatalogService>): Catalog {
    return this.#now.withServices(own);
  }

  get version(): string {
    return this.#now.version;
  }

  get globalConditionKeys(): readonly ConditionKey[] {
    return this.#now.globalConditionKeys;
  }

  action(name: string): CatalogAction | null {
    return this.#now.action(name);
  }

  services(): readonly string[] {
    return this.#now.services();
  }

  service(key: string): CatalogService | null {
    return this.#now.service(key);
  }

  actionsOf(service: string): readonly CatalogAction[] {
    return this.#now.actionsOf(service);
  }

  serviceName(service: string): string | null {
    return this.#now.serviceName(service);
  }

  description(action: CatalogAction): string | null {
    return this.#now.description(action);
  }

  suggest(name: string): string | null {
    return this.#now.suggest(name);
  }

  managedPolicy(arn: string): ManagedPolicyEntry | null {
    return this.#now.managedPolicy(arn);
  }

  policyHolders(arn: string): readonly string[] {
    return this.#now.policyHolders(arn);
  }

  hasResourcePolicies(service: string): boolean {
    return this.#now.hasResourcePolicies(service);
  }

  fit(action: CatalogAction, arn: string): ResourceFit {
    return this.#now.fit(action, arn);
  }

  resourceTypeOf(arn: string): string | null {
    return this.#now.resourceTypeOf(arn);
  }
}
