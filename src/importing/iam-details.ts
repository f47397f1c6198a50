import type { ManagedPolicyInput, UserInput } from '../directory/document.ts';
import type { JsonObject } from '../policy/json.ts';
import { Entry } from './entry.ts';
import { type Facts, policyVersionKey } from './facts.ts';
import { GroupNames, readGroup } from './groups.ts';
import type { Home } from './home.ts';
import { parseIamArn } from './iam-arn.ts';
import { readManagedPolicy } from './managed-policies.ts';
import { readInstanceProfiles, readRole } from './roles.ts';
import type { Place } from './source-file.ts';
import { readUser } from './users.ts';

type Kind = 'policy' | 'group' | 'user' | 'role';

/** An entity of IAM out of another form, with the members of the authorization details. */
interface Detail {
  readonly kind: Kind;
  readonly value: JsonObject;
  readonly at: Place;
}

/** Users name groups: these come first. */
const ORDER: readonly Kind[] = ['policy', 'group', 'user', 'role'];

/**
 * Entities of IAM of one account out of forms that have them one by one, read like those of the authorization details. A
 * member that the entry does not have is not said: what is stored of it stays.
 */
export class IamDetails {
  readonly #facts: Facts;
  readonly #home: Home;
  readonly #details: Detail[] = [];
  /** ARNs of users, groups and roles. */
  readonly #said: string[] = [];

  constructor(facts: Facts, home: Home) {
    this.#facts = facts;
    this.#home = home;
  }

  add(detail: Detail): void {
    this.#details.push(detail);
  }

  /** True: each entity was understood, and everything that they name is there. */
  say(): boolean {
    const groupNames = new GroupNames();
    let isWhole = true;
    for (const kind of ORDER) {
      for (const detail of this.#details) {
        if (detail.kind === kind && !this.#sayOne(detail, groupNames)) isWhole = false;
      }
    }
    const absent = groupNames.absent();
    if (this.#lacksPolicies()) isWhole = false;
    for (const { arn } of absent) this.#facts.groups.say(arn, {}, this.#details[0]?.at ?? { file: '', place: '' });
    return isWhole && absent.length === 0;
  }

  #sayOne({ kind, value, at }: Detail, groupNames: GroupNames): boolean {
    const entry = new Entry(at.place, value, this.#facts.notes.of(at.file));
    if (kind === 'policy') return this.#sayPolicy(readManagedPolicy(entry, this.#home), at);
    if (kind === 'group') {
      const group = readGroup(entry, groupNames, this.#home);
      if (group === null) return false;
      const { arn, ...said } = group;
      this.#said.push(arn);
      this.#facts.groups.say(arn, said, at);
    } else if (kind === 'user') {
      const user = readUser(entry, groupNames, this.#home);
      if (user === null) return false;
      const { arn, ...said } = user;
      this.#said.push(arn);
      this.#facts.users.say(arn, only(said, value, { inlinePolicies: 'UserPolicyList' }), at);
    } else {
      if ((value['AssumeRolePolicyDocument'] ?? null) === null) {
        this.#facts.note(at, 'its trust policy is missing; the role is left out');
        return false;
      }
      const role = readRole(entry, this.#home);
      if (role === null) return false;
      const { arn, ...said } = role;
      this.#said.push(arn);
      this.#facts.roles.say(arn, only(said, value, {}), at);
      for (const { profile } of readInstanceProfiles(entry, arn, this.#home)) {
        this.#facts.instanceProfiles.say(profile.arn, profile, at);
      }
    }
    return true;
  }

  /** Documents of AWS's own policies are in the catalogue. */
  #lacksPolicies(): boolean {
    const { users, groups, roles, policies } = this.#facts;
    const isMissing = (arn: string) => parseIamArn(arn)?.account !== 'aws' && !policies.has(arn);
    const holders = [users, groups, roles].flatMap((kind) => [...this.#said].map((arn) => kind.get(arn)));
    return holders.some((holder) => {
      const { attachedPolicies = [], permissionsBoundary = null } = holder as Partial<UserInput>;
      return attachedPolicies.some(isMissing) || (permissionsBoundary !== null && isMissing(permissionsBoundary));
    });
  }

  /** What belongs to AWS is in many accounts, of which each has it as it was that day. */
  #sayPolicy(policy: ManagedPolicyInput | null, at: Place): boolean {
    if (policy === null) return false;
    const { arn, versions, ...said } = policy;
    if (parseIamArn(arn)?.account === 'aws' && this.#facts.policies.has(arn)) return true;
    this.#facts.policies.say(arn, said, at);
    for (const { versionId, ...version } of versions) {
      this.#facts.policyVersions.say(policyVersionKey(arn, versionId), version, at);
    }
    return true;
  }
}

/**
 * Without the members that only the authorization details prove by leaving them out: there, no boundary and no inline policies
 * are not written.
 */
function only<T extends object>(said: T, value: JsonObject, names: Readonly<Partial<Record<keyof T, string>>>): T {
  const keys = { permissionsBoundary: 'PermissionsBoundary', ...names };
  const members = Object.entries(said).filter(([member]) => {
    const name = (keys as Readonly<Partial<Record<string, string>>>)[member];
    return name === undefined || Object.hasOwn(value, name);
  });
  return Object.fromEntries(members) as T;
}
