import type { CompareQueryVariables } from '../../generated/console/questions.ts';

/** A comparison as its address holds it. */
export interface Compared {
  readonly principal: string;
  /** Empty: as itself. */
  readonly role: string;
  /** Empty: the principal as itself with itself in the role. */
  readonly other: string;
  readonly otherRole: string;
}

/** Null: the address has not all that a comparison needs. */
export function comparedIn(query: Readonly<Record<string, string>>): Compared | null {
  const { principal = '', role = '', other = '', otherRole = '' } = query;
  if (principal === '' || (role === '' && other === '')) return null;
  return { principal, role, other, otherRole };
}

export function comparedAddress(compared: Partial<Compared>): string {
  const given = Object.entries(compared).filter(([, value]) => value !== '');
  return `/compare?${new URLSearchParams(given)}`;
}

/** Arguments of `compareAccess`. */
export function subjectsOf({ principal, role, other, otherRole }: Compared): CompareQueryVariables {
  return {
    principal,
    ...(role !== '' && { role }),
    ...(other !== '' && { other: { principal: other, ...(otherRole !== '' && { assumedRole: otherRole }) } }),
  };
}
