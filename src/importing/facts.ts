import type {
  DirectoryDocument,
  GroupInput,
  InstanceProfileInput,
  KnowledgeInput,
  KnowledgeLayer,
  KnownPart,
  ManagedPolicyInput,
  MissingConcerns,
  OidcProviderInput,
  OwnServiceInput,
  RoleInput,
  UserInput,
  VpcEndpointInput,
  WholeList,
} from '../directory/document.ts';
import type {
  AccountFacts,
  ControlPolicyFacts,
  DelegationFacts,
  LogGroupFacts,
  LogPoliciesFacts,
  OrganizationFacts,
  ParentFacts,
  ResourceFacts,
  ResourceListFacts,
  TargetFacts,
  UnitFacts,
} from './facts-types.ts';
import { FileNotes } from './file-notes.ts';
import { type Contradiction, Said } from './said.ts';
import type { Place } from './source-file.ts';

type Without<T, K extends keyof T> = Omit<T, K>;
type PolicyVersion = Without<ManagedPolicyInput['versions'][number], 'versionId'>;

/** The kinds of IAM's entities, each a list of the authorization details. */
export type IamList = 'users' | 'groups' | 'roles' | 'policies';

/**
 * What all files say, collected before anything of it is put together: so their order does not matter, and one file may name
 * what another one describes. IAM's entities have the members of the directory's inputs.
 */
export class Facts {
  readonly contradictions: Contradiction[] = [];
  /** Documents of our own form, which are put together already. */
  readonly documents: { readonly document: DirectoryDocument; readonly file: string }[] = [];
  readonly notes = new FileNotes();

  readonly accounts = this.#said<AccountFacts>('account');
  readonly organizations = this.#said<OrganizationFacts>('organization');
  readonly units = this.#said<UnitFacts>('organizational unit');
  readonly parents = this.#said<ParentFacts>('children of');
  readonly controlPolicies = this.#said<ControlPolicyFacts>('control policy');
  readonly targets = this.#said<TargetFacts>('control policies of');
  readonly delegations = this.#said<DelegationFacts>('delegated administrator');

  /** Keys: ARNs. */
  readonly users = this.#said<Without<UserInput, 'arn'>>('user');
  readonly groups = this.#said<Without<GroupInput, 'arn'>>('group');
  readonly roles = this.#said<Without<RoleInput, 'arn'>>('role');
  readonly policies = this.#said<Without<ManagedPolicyInput, 'arn' | 'versions'>>('policy');
  /** Keys: `policyVersionKey`. */
  readonly policyVersions = this.#said<PolicyVersion>('policy version');
  readonly instanceProfiles = this.#said<Without<InstanceProfileInput, 'arn'>>('instance profile');
  readonly oidcProviders = this.#said<Without<OidcProviderInput, 'arn'>>('OIDC provider');
  readonly resources = this.#said<ResourceFacts>('resource');
  /** Keys: account and Region. */
  readonly logPolicies = this.#said<LogPoliciesFacts>('policies of log groups of');
  readonly logGroups = this.#said<LogGroupFacts>('log group');
  readonly resourceLists = this.#said<ResourceListFacts>('list of');
  /** Keys: ids, vpce-…. */
  readonly vpcEndpoints = this.#said<Without<VpcEndpointInput, 'id'>>('VPC endpoint');
  /** Keys: prefixes. */
  readonly services = this.#said<Without<OwnServiceInput, 'prefix'>>('service');

  readonly #wholeLists = new Map<string, WholeList>();
  readonly #knowledge = new Map<string, KnowledgeInput>();
  readonly #listedRegions = new Map<string, Set<string>>();
  readonly #iamLists = new Map<string, Set<IamList>>();
  readonly #unanswered = new Map<string, Set<KnownPart>>();

  /** The list holds everything: what is stored and not in the document is gone. */
  isWhole(list: WholeList): void {
    this.#wholeLists.set(JSON.stringify(list), list);
  }

  wholeLists(): readonly WholeList[] {
    return [...this.#wholeLists].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, list]) => list);
  }

  /** All entities of one of IAM's lists are described, each in full. */
  describesAll(accountId: string, list: IamList): void {
    const lists = this.#iamLists.get(accountId) ?? new Set();
    this.#iamLists.set(accountId, lists.add(list));
  }

  /** Per account of which IAM's entities are described: the lists that are described in full. */
  iamLists(): ReadonlyMap<string, ReadonlySet<IamList>> {
    return this.#iamLists;
  }

  /** Of this account, IAM's entities are described, but not all of them. */
  describesSome(accountId: string): void {
    if (!this.#iamLists.has(accountId)) this.#iamLists.set(accountId, new Set());
  }

  /** All resources of one kind in an account and Region. */
  lists(accountId: string, region: string, kind: string, members: readonly string[], at: Place): void {
    const regions = this.#listedRegions.get(`${accountId} ${kind}`) ?? new Set();
    this.#listedRegions.set(`${accountId} ${kind}`, regions.add(region));
    this.resourceLists.say(resourceListKey(accountId, region, kind), { accountId, region, kind, members }, at);
  }

  /** The Regions of which there is a list of the kind; empty for what has none. */
  listedRegions(accountId: string, kind: string): ReadonlySet<string> {
    return this.#listedRegions.get(`${accountId} ${kind}`) ?? new Set();
  }

  /** What is known of one layer from now on. Of several forms, one that knows all of it is enough. */
  knows(accountId: string, layer: KnowledgeLayer, missing: readonly Missing[] = [], service?: string): void {
    const key = `${accountId} ${layer} ${service ?? ''}`;
    const known = this.#knowledge.get(key);
    if (known?.state === 'COMPLETE') return;
    const what = { accountId, layer, ...(service !== undefined && { service }) };
    this.#knowledge.set(
      key,
      missing.length === 0 ? { ...what, state: 'COMPLETE' } : { ...what, state: 'PARTIAL', ...inOrder(known, missing) },
    );
  }

  /** The resource is there, and no file answers what it has of this. */
  isUnanswered(arn: string, part: KnownPart): void {
    this.#unanswered.set(arn, (this.#unanswered.get(arn) ?? new Set()).add(part));
  }

  unanswered(arn: string): readonly KnownPart[] {
    return [...(this.#unanswered.get(arn) ?? [])].sort();
  }

  knowledge(): readonly KnowledgeInput[] {
    return [...this.#knowledge].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, knowledge]) => knowledge);
  }

  /** Something in a file that is not understood. */
  note(at: Place, message: string): void {
    this.notes.add(at, message);
  }

  #said<T extends object>(kind: string): Said<T> {
    return new Said<T>(kind, this.contradictions);
  }
}

/** The key of one version of a managed policy. */
export function policyVersionKey(arn: string, versionId: string): string {
  return `${arn} ${versionId}`;
}

/** The key of a list of resources, in words. */
export function resourceListKey(accountId: string, region: string, kind: string): string {
  return `${kind} of ${accountId}${region === '' ? '' : ` in ${region}`}`;
}

/** Something that is missing of a layer, as a sentence; with the resources that it concerns, unless it concerns all. */
export type Missing = string | { readonly what: string; readonly concerns: MissingConcerns };

/** What was missing before and what is missing now, each once. */
function inOrder(
  known: KnowledgeInput | undefined,
  missing: readonly Missing[],
): Pick<KnowledgeInput, 'missing' | 'concerns'> {
  const all = new Map((known?.missing ?? []).map((what, index) => [what, known?.concerns?.[index] ?? 'ALL']));
  for (const each of missing) {
    const { what, concerns } = typeof each === 'string' ? { what: each, concerns: 'ALL' as const } : each;
    all.set(what, (all.get(what) ?? concerns) === concerns ? concerns : 'ALL');
  }
  const sorted = [...all].sort(([one], [other]) => (one < other ? -1 : 1));
  const concerns = sorted.map(([, each]) => each);
  return {
    missing: sorted.map(([what]) => what),
    ...(concerns.some((each) => each !== 'ALL') && { concerns }),
  };
}
