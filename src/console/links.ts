/** Addresses of the pages of things. */

/** A user, a role, or anybody else who has permissions. */
export function principalAddress(id: string): string {
  return `/${/^arn:[^:]*:iam:.*:role\//.test(id) ? 'r' : 'p'}/${encodeURIComponent(id)}`;
}

export function policyAddress(arn: string): string {
  return `/policy/${encodeURIComponent(arn)}`;
}

export function resourceAddress(arn: string): string {
  return `/resource/${encodeURIComponent(arn)}`;
}
