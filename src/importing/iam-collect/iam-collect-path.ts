/**
 * The place of a file in a folder that iam-collect writes. Folders are lower case and percent-encoded: they tell which files
 * belong together, and no names.
 */
export type IamCollectPlace =
  /** metadata.json, organization.json and s3-bpa.json of an account. */
  | (InAccount & { readonly kind: 'account' })
  | (InAccount & { readonly kind: 'iam'; readonly entity: 'user' | 'group' | 'role' | 'policy' })
  | (InAccount & { readonly kind: 'resource' })
  | (InOrganization & { readonly kind: 'organization' })
  | (InOrganization & {
      readonly kind: 'controlPolicy';
      readonly type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
    })
  /** Follows from the rest. */
  | { readonly kind: 'index' };

interface Located {
  /** The path of the account's or organization's folder. */
  readonly root: string;
  /** The path of the file's folder. */
  readonly folder: string;
  /** Without `.json`. */
  readonly file: string;
}

interface InAccount extends Located {
  readonly accountId: string;
}

interface InOrganization extends Located {
  readonly organizationId: string;
}

const ROOT = /^((?:.*\/)?(?:accounts\/(\d{12})|organizations\/(o-[a-z0-9]{10,32})))\/(.+)\.json$/;
const INDEX = /(?:^|\/)aws\/aws(?:-[a-z]+)*\/indexes\/[^/]+\.json$/;
const ACCOUNT_FILE = /^(metadata|organization|s3-bpa)$/;
const IAM_FILE = /^(?:aws\/)?(user|group|role|policy)\/[^/]+\/([a-z-]+)$/;
const RESOURCE_FILE = /^.+\/[^/]+\/(metadata|tags|bpa|encryption|(?:[a-z-]+-)?policy)$/;
const ORGANIZATION_FILE = /^(metadata|structure|ous|accounts)$/;
const CONTROL_POLICY_FILE = /^(scp|rcp)s\/[^/]+\/(metadata|policy|tags)$/;

/** Null: no path of that layout. */
export function parseIamCollectPath(path: string): IamCollectPlace | null {
  if (INDEX.test(path)) return { kind: 'index' };
  const [, root = '', accountId, organizationId, rest = ''] = ROOT.exec(path) ?? [];
  const slash = path.lastIndexOf('/');
  const located = { root, folder: path.slice(0, slash), file: path.slice(slash + 1).replace(/\.json$/, '') };
  if (organizationId !== undefined) {
    if (ORGANIZATION_FILE.test(rest)) return { ...located, kind: 'organization', organizationId };
    const [, kind] = CONTROL_POLICY_FILE.exec(rest) ?? [];
    if (kind === undefined) return null;
    const type = kind === 'scp' ? 'SERVICE_CONTROL_POLICY' : 'RESOURCE_CONTROL_POLICY';
    return { ...located, kind: 'controlPolicy', organizationId, type };
  }
  if (accountId === undefined) return null;
  if (ACCOUNT_FILE.test(rest)) return { ...located, kind: 'account', accountId };
  if (rest.startsWith('iam/')) {
    const [, entity] = IAM_FILE.exec(rest.slice('iam/'.length)) ?? [];
    // The pattern has no other words.
    return entity === undefined ? null : { ...located, kind: 'iam', accountId, entity: entity as 'user' };
  }
  return RESOURCE_FILE.test(rest) ? { ...located, kind: 'resource', accountId } : null;
}
