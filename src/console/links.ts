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

export function groupAddress(arn: string): string {
  return `/group/${encodeURIComponent(arn)}`;
}

export function endpointAddress(arn: string): string {
  return `/endpoint/${encodeURIComponent(arn)}`;
}

/** A place in the organization's tree: a root, a unit, or where a control policy is attached. */
export function organizationAddress(at: string): string {
  return `/organization?at=${encodeURIComponent(at)}`;
}

const PAGES: readonly (readonly [RegExp, (arn: string) => string])[] = [
  [/^arn:[^:]*:iam:[^/]*:policy\//, policyAddress],
  [/^arn:[^:]*:iam:[^/]*:(user|role)\//, principalAddress],
  [/^arn:[^:]*:iam:[^/]*:group\//, groupAddress],
  [/^arn:[^:]*:ec2:[^/]*:vpc-endpoint\//, endpointAddress],
  [/^arn:[^:]*:organizations:[^/]*:policy\//, (arn) => organizationAddress(arn.split('/').at(-1) ?? '')],
];

/** The page of what has a policy. */
export function addressOfArn(arn: string): string {
  const page = PAGES.find(([form]) => form.test(arn));
  return page === undefined ? resourceAddress(arn) : page[1](arn);
}
