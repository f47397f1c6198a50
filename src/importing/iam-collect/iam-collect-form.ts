import { describeJson } from '../bounded-json.ts';
import type { Facts } from '../facts.ts';
import type { ControlPolicyType } from '../facts-types.ts';
import { IamDetails } from '../iam-details.ts';
import { publicAccessSettings } from '../public-access-settings.ts';
import type { Form } from '../recognise.ts';
import type { ParsedFile } from '../source-file.ts';
import { FileGroup } from './file-group.ts';
import { parseIamCollectPath } from './iam-collect-path.ts';
import { entityDetail } from './iam-entity.ts';
import { IamCollectOrganization } from './organization.ts';
import { noteSettings, sayResource } from './resource.ts';

const NAME = 'folder of iam-collect';

type EntityKind = 'user' | 'group' | 'role' | 'policy';

/** The folder of an account. */
interface AccountFolder {
  readonly accountId: string;
  /** Undefined: what is above it is not there. */
  readonly partition: string | undefined;
  readonly own: FileGroup;
  readonly entities: Map<string, { readonly kind: EntityKind; readonly group: FileGroup }>;
  readonly resources: Map<string, FileGroup>;
}

/** The folder of an organization. */
interface OrganizationFolder {
  readonly organizationId: string;
  readonly own: FileGroup;
  readonly policies: Map<string, readonly [ControlPolicyType, FileGroup]>;
}

/**
 * The folder that iam-collect writes: a folder for each thing, in it a file for each of its parts.
 *
 * Each entity is described in full, so that it replaces what is stored of it. But nothing in the folder says that it was
 * written to the end, of which services and Regions: it never removes what is not in it. Of IAM, what applies to the entities
 * that are there is known; of resources, those that are not there stay unknown. The files of an organization hold its whole
 * tree, and everything that is attached in it.
 */
export class IamCollectForm implements Form {
  readonly #facts: Facts;
  readonly #accounts = new Map<string, AccountFolder>();
  readonly #organizations = new Map<string, OrganizationFolder>();
  /** By the path of the folder. */
  readonly #groups = new Map<string, FileGroup>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take(file: ParsedFile): string | null {
    const place = parseIamCollectPath(file.path);
    if (place === null || typeof file.json !== 'object' || file.json === null) return null;
    if (place.kind === 'index') return `${NAME}: index, not needed`;
    const group = this.#groups.get(place.folder) ?? new FileGroup(this.#facts);
    this.#groups.set(place.folder, group);
    group.add(place.file, file);
    if ('accountId' in place) {
      const account = this.#accountAt(place.root, place.accountId);
      if (place.kind === 'iam') account.entities.set(place.folder, { kind: place.entity, group });
      else if (place.kind === 'resource') account.resources.set(place.folder, group);
      return `${NAME}: ${place.kind === 'iam' ? place.entity : place.kind}`;
    }
    const organization = this.#organizationAt(place.root, place.organizationId);
    if (place.kind === 'controlPolicy') organization.policies.set(place.folder, [place.type, group]);
    return `${NAME}: ${place.kind === 'controlPolicy' ? 'control policy' : 'organization'}`;
  }

  finish(): void {
    for (const account of this.#accounts.values()) {
      this.#sayAccount(account);
      if (account.entities.size > 0) this.#sayIam(account);
      for (const group of account.resources.values()) sayResource(account.accountId, group, this.#facts);
    }
    for (const { organizationId, own, policies } of this.#organizations.values()) {
      new IamCollectOrganization(organizationId, own, this.#facts).say([...policies.values()]);
    }
  }

  #accountAt(root: string, accountId: string): AccountFolder {
    const own = this.#groups.get(root) ?? new FileGroup(this.#facts);
    this.#groups.set(root, own);
    const partition = /(?:^|\/)(aws(?:-[a-z]+)*)\/accounts\/\d+$/.exec(root)?.[1];
    const account = this.#accounts.get(root) ?? {
      accountId,
      partition,
      own,
      entities: new Map(),
      resources: new Map(),
    };
    this.#accounts.set(root, account);
    return account;
  }

  #organizationAt(root: string, organizationId: string): OrganizationFolder {
    const own = this.#groups.get(root) ?? new FileGroup(this.#facts);
    this.#groups.set(root, own);
    const organization = this.#organizations.get(root) ?? { organizationId, own, policies: new Map() };
    this.#organizations.set(root, organization);
    return organization;
  }

  #sayAccount({ accountId, partition, own: group }: AccountFolder): void {
    const { organizationId } = group.object('organization') ?? {};
    const settings = group.get('s3-bpa');
    const publicAccessBlock = settings === undefined ? null : publicAccessSettings(settings);
    if (settings !== undefined && publicAccessBlock === null) {
      noteSettings({ file: group.path('s3-bpa'), place: '' }, describeJson(settings), this.#facts);
    }
    this.#facts.accounts.say(
      accountId,
      {
        ...(partition !== undefined && { partition }),
        ...(typeof organizationId === 'string' && { organizationId }),
        ...(publicAccessBlock !== null && { publicAccessBlock }),
      },
      { file: group.somePath, place: '' },
    );
  }

  #sayIam({ accountId, partition, entities }: AccountFolder): void {
    const details = new IamDetails(this.#facts, { partition: partition ?? 'aws', account: accountId });
    let isRead = true;
    for (const { kind, group } of entities.values()) {
      const value = entityDetail(kind, accountId, group, this.#facts);
      if (value === null) isRead = false;
      else details.add({ kind, value, at: { file: group.path('metadata'), place: kind } });
    }
    // It must be said whether or not something is missing.
    const isComplete = details.say() && isRead;
    const missing = isComplete ? [] : ['what is missing or not understood in the folder of iam-collect'];
    for (const layer of ['IDENTITY_POLICIES', 'TRUST_POLICIES', 'PERMISSIONS_BOUNDARIES'] as const) {
      this.#facts.knows(accountId, layer, missing);
    }
  }
}
