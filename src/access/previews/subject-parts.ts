import { namesConcerned } from '../../directory/bearers/bearer-index.ts';
import type { Gathered } from '../../directory/directory.ts';
import type { PreparedPrincipal, PreparedResource, PreparedRole } from '../../evaluation/prepare.ts';
import type { PrincipalFacts } from '../../evaluation/principal.ts';
import { namesOf } from '../../evaluation/principal-names.ts';
import type { PolicyInPlace } from '../../evaluation/veil.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import type { Subject } from '../question.ts';
import { changedPolicies, changedPoliciesOf } from './changed-policies.ts';

/** A resource or role on which access is decided differently. */
export interface ChangedBearer {
  readonly arn: string;
  readonly before: PreparedResource;
  readonly after: PreparedResource;
  /** What the difference tells of. */
  readonly policies: readonly PolicyInPlace[];
}

/** A subject in one of the states of a preview. */
export class SubjectParts {
  readonly gaps: readonly string[];
  readonly #own: PreparedPrincipal | null;
  readonly #role: PreparedRole | null;
  /** A session of the role. */
  readonly #inRole: PreparedPrincipal | null;
  /** Whether there are all whom the subject names. */
  readonly isThere: boolean;

  constructor(gathered: Gathered, { principal, assumedRole }: Subject) {
    const own = gathered.principal(principal);
    const role = assumedRole === null ? null : gathered.role(assumedRole);
    this.gaps = [...(own?.gaps ?? []), ...(role?.gaps ?? [])];
    this.#own = own?.value ?? null;
    this.#role = role?.value ?? null;
    this.#inRole = assumedRole === null ? null : (gathered.principal(roleRef(assumedRole))?.value ?? null);
    this.isThere = own !== null && (assumedRole === null || role !== null);
  }

  /** Whether nothing of it is different in the other state. What nothing touches is the same object in both. */
  isSame(other: SubjectParts): boolean {
    return this.#own === other.#own && this.#role === other.#role;
  }

  /** The policies that say what it may do, and that are not the same in the other state. */
  policiesChangedTo(other: SubjectParts): readonly PolicyInPlace[] {
    return [
      ...changedPolicies(this.#own, other.#own),
      ...changedPolicies(this.#inRole, other.#inRole),
      ...changedPoliciesOf(this.#role?.trust ?? null, other.#role?.trust ?? null),
    ];
  }

  /** Whether a policy of a resource or role can concern it. */
  isConcernedBy({ before, after }: ChangedBearer): boolean {
    const names = [before, after].map(namesConcerned);
    if (names.includes(null)) return true;
    const own = new Set([this.#own, this.#inRole].flatMap((one) => (one === null ? [] : namesOf(one.facts))));
    return names.some((each) => each?.some((name) => own.has(name)) === true);
  }

  get facts(): PrincipalFacts | null {
    return this.#own?.facts ?? null;
  }
}

function roleRef(arn: string): PrincipalRef {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(`the directory holds a role with an invalid ARN: ${arn}`);
  return ref;
}
