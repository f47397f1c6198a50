import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { describeJson, shorten } from '../bounded-json.ts';
import { isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';
import type { ControlPolicyType, TargetFacts } from '../facts-types.ts';
import { isAccountId } from '../iam-arn.ts';
import type { FileGroup } from './file-group.ts';
import { documentText } from './resource.ts';

/** An organization while its files are read. */
export class IamCollectOrganization {
  readonly #id: string;
  readonly #group: FileGroup;
  readonly #facts: Facts;
  /** What each policy is attached to. */
  readonly #targets = new Map<string, string[]>();
  readonly #types = new Map<string, ControlPolicyType>();

  constructor(id: string, group: FileGroup, facts: Facts) {
    this.#id = id;
    this.#group = group;
    this.#facts = facts;
  }

  /** `policies`: the folders of its control policies. */
  say(policies: readonly (readonly [ControlPolicyType, FileGroup])[]): void {
    this.#sayMetadata();
    this.#sayStructure();
    this.#sayTargets('ous', 'parent');
    this.#sayTargets('accounts', 'ou');
    for (const [type, group] of policies) this.#sayPolicy(type, group);
    // Only together do both files hold everything that can have a policy.
    if (this.#group.object('ous') === undefined || this.#group.object('accounts') === undefined) return;
    for (const [policy, type] of this.#types) {
      this.#facts.controlPolicies.say(policy, { type, allTargets: this.#targets.get(policy) ?? [] }, this.#at('ous'));
    }
    const ofType = (wanted: ControlPolicyType) =>
      [...this.#types].flatMap(([policy, type]) => (type === wanted ? [policy] : []));
    // What is attached nowhere has no effect: those that are attached are all that count.
    this.#facts.organizations.say(
      this.#id,
      {
        allServiceControlPolicies: ofType('SERVICE_CONTROL_POLICY'),
        allResourceControlPolicies: ofType('RESOURCE_CONTROL_POLICY'),
      },
      this.#at('ous'),
    );
  }

  #sayMetadata(): void {
    const metadata = this.#group.object('metadata') ?? {};
    const { rootOu, rootAccountId, features } = metadata;
    const feature = (name: string) => (isJsonObject(features) ? features[name] : undefined);
    const scp = feature('SERVICE_CONTROL_POLICY');
    const rcp = feature('RESOURCE_CONTROL_POLICY');
    this.#facts.organizations.say(
      this.#id,
      {
        ...(typeof rootOu === 'string' && { rootId: rootOu }),
        ...(typeof rootAccountId === 'string' && { managementAccountId: rootAccountId }),
        ...(typeof scp === 'boolean' && { scpEnabled: scp }),
        ...(typeof rcp === 'boolean' && { rcpEnabled: rcp }),
      },
      this.#at('metadata'),
    );
  }

  /** The whole tree: what is not in it is not in the organization. */
  #sayStructure(): void {
    const tree = this.#group.object('structure');
    if (tree === undefined) return;
    const at = this.#at('structure');
    const rest = Object.entries(tree);
    // The list grows while it is walked. A text of JSON has no cycles.
    for (const [id, node] of rest) {
      if (!isJsonObject(node)) {
        this.#facts.note({ ...at, place: id }, `expected an object, found ${describeJson(node)}`);
        continue;
      }
      const children = isJsonObject(node['children']) ? Object.entries(node['children']) : [];
      const ids = children.map(([child]) => child);
      this.#facts.parents.say(id, { allUnits: ids.sort() }, at);
      for (const child of ids) this.#facts.units.say(child, { organizationId: this.#id, parentId: id }, at);
      rest.push(...children);
      const { accounts = [] } = node;
      const accountIds = Array.isArray(accounts) ? (accounts as readonly JsonValue[]).map(lastPart) : [''];
      if (accountIds.every(isAccountId)) this.#facts.parents.say(id, { allAccounts: [...accountIds].sort() }, at);
      for (const account of Array.isArray(accounts) ? (accounts as readonly JsonValue[]) : []) {
        const accountId = lastPart(account);
        if (isAccountId(accountId)) {
          this.#facts.accounts.say(accountId, { organizationId: this.#id, parentId: id }, at);
        } else this.#facts.note({ ...at, place: id }, `expected the ARN of an account, found ${describeJson(account)}`);
      }
    }
  }

  #sayTargets(file: 'ous' | 'accounts', parentKey: string): void {
    const at = this.#at(file);
    for (const [id, value] of Object.entries(this.#group.object(file) ?? {})) {
      const isTarget = file === 'accounts' ? isAccountId(id) : /^(ou|r)-/.test(id);
      if (!isTarget || !isJsonObject(value)) {
        this.#facts.note(
          { ...at, place: shorten(id) },
          `it is no ${file === 'accounts' ? 'account' : 'unit'}; left out`,
        );
        continue;
      }
      const parent = value[parentKey];
      const parentId = typeof parent === 'string' && parent !== '' ? lastPart(parent) : undefined;
      const placed = { organizationId: this.#id, ...(parentId !== undefined && { parentId }) };
      const { name } = value;
      const named = typeof name === 'string' ? { name } : {};
      if (file === 'accounts') this.#facts.accounts.say(id, { ...placed, ...named }, at);
      else if (id.startsWith('ou-')) this.#facts.units.say(id, { ...placed, ...named }, at);
      this.#facts.targets.say(id, this.#attached(id, value), at);
    }
  }

  #attached(target: string, value: JsonObject): Partial<TargetFacts> {
    const of = (key: string, type: ControlPolicyType) => {
      const list = value[key];
      if (!Array.isArray(list)) return undefined;
      const ids = (list as readonly JsonValue[]).map(lastPart).filter((id) => id.startsWith('p-'));
      for (const id of ids) {
        this.#types.set(id, type);
        this.#targets.set(id, [...(this.#targets.get(id) ?? []), target]);
      }
      return ids.sort();
    };
    const scps = of('scps', 'SERVICE_CONTROL_POLICY');
    const rcps = of('rcps', 'RESOURCE_CONTROL_POLICY');
    return {
      ...(scps !== undefined && { serviceControlPolicies: scps }),
      ...(rcps !== undefined && { resourceControlPolicies: rcps }),
    };
  }

  #sayPolicy(type: ControlPolicyType, group: FileGroup): void {
    const metadata = group.object('metadata');
    const arn = metadata?.['arn'];
    const id = typeof arn === 'string' ? lastPart(arn) : '';
    if (metadata === undefined || !id.startsWith('p-')) {
      const message = 'its metadata.json does not say the ARN of a control policy; the policy is left out';
      this.#facts.note({ file: group.somePath, place: '' }, message);
      return;
    }
    const { name, description, awsManaged } = metadata;
    this.#types.set(id, type);
    this.#facts.controlPolicies.say(
      id,
      {
        organizationId: awsManaged === true ? null : this.#id,
        type,
        ...(typeof name === 'string' && { name }),
        ...(typeof description === 'string' && description !== '' && { description }),
        ...(group.has('policy') && {
          document: documentText(group, 'policy', type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp', this.#facts),
        }),
      },
      { file: group.path('metadata'), place: '' },
    );
  }

  #at(file: string) {
    return { file: this.#group.path(file), place: '' };
  }
}

/** The id at the end of an ARN, or the id itself. */
function lastPart(value: JsonValue): string {
  return typeof value === 'string' ? value.slice(value.lastIndexOf('/') + 1) : '';
}
