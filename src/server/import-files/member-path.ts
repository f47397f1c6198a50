/** Characters. Longer than any path that a collector writes. */
const MAX_LENGTH = 1024;

/**
 * The path of a member of an archive, with slashes, below the archive; or why it has none. Nothing is ever written to where a
 * path points: but who made such a name wanted something else than to be read.
 */
export function memberPath(name: string, depth: number): { readonly path: string } | { readonly problem: string } {
  if (name.length > MAX_LENGTH) return { problem: `its name has more than ${MAX_LENGTH} characters` };
  if (name.includes('\0')) return { problem: 'its name contains U+0000' };
  const path = name.replaceAll('\\', '/');
  if (path.startsWith('/')) return { problem: 'its name is an absolute path' };
  if (/^[a-z]:/i.test(path)) return { problem: 'its name begins with a drive letter' };
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { problem: 'its name points out of the archive (..)' };
  if (parts.length > depth) return { problem: `it is nested more than ${depth} folders deep` };
  return parts.length === 0 ? { problem: 'it has no name' } : { path: parts.join('/') };
}

/** The names of the members of one archive. */
export class MemberNames {
  readonly #seen = new Set<string>();

  /** False: it was there before. Programs disagree on which of the two counts. */
  add(path: string): boolean {
    if (this.#seen.has(path)) return false;
    this.#seen.add(path);
    return true;
  }
}
