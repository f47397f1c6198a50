import { createHash } from 'node:crypto';

/** The strong tag of a body. `coding`: the form in which it is sent; null: as it is. */
export function entityTag(body: Uint8Array, coding: string | null = null): string {
  const hash = createHash('sha256').update(body).digest('base64url');
  return coding === null ? `"${hash}"` : `"${hash}-${coding}"`;
}

/** Whether the client has one of these already. */
export function isKnown(ifNoneMatch: string | undefined, tags: readonly string[]): boolean {
  return (ifNoneMatch ?? '').split(',').some((each) => tags.includes(each.trim().replace(/^W\//, '')));
}
