import type { ManagedPolicyInput } from '../directory/document.ts';
import { optional, uniqueId } from './collection.ts';
import type { Entry } from './entry.ts';
import { entityArn, type Home } from './home.ts';
import { formatIamArn } from './iam-arn.ts';
import { policyText } from './policy-text.ts';

type Version = ManagedPolicyInput['versions'][number];

/** One entry of Policies. Null, with a warning: it cannot be named, or has no versions. */
export function readManagedPolicy(entry: Entry, home: Home): ManagedPolicyInput | null {
  const arn = entityArn(entry, 'policy', 'PolicyName', home);
  if (arn === null) return null;
  const versionEntries = entry.entries('PolicyVersionList') ?? [];
  const versions = new Map<string, Version>();
  let marked: string | null = null;
  for (const version of versionEntries) {
    const versionId = version.text('VersionId') ?? entry.text('DefaultVersionId');
    if (versionId === null) {
      version.warn('VersionId', 'a version without an id is left out');
      continue;
    }
    if (versions.has(versionId)) version.warn('VersionId', `\`${versionId}\` occurs twice; the later one counts`);
    if (version.get('IsDefaultVersion') === true) marked ??= versionId;
    const document = policyText(version, 'Document', 'identity');
    versions.set(versionId, { versionId, document, ...optional('createdAt', version.date('CreateDate')) });
  }
  const defaultVersionId = defaultVersion(entry, versions, marked);
  if (defaultVersionId === null) return null;
  return {
    arn: formatIamArn(arn),
    ...uniqueId(entry, 'PolicyId'),
    ...optional('createdAt', entry.date('CreateDate')),
    ...optional('description', entry.text('Description') ?? undefined),
    ...optional('tags', entry.tags()),
    defaultVersionId,
    versions: [...versions.values()],
  };
}

/** The version in force: as stated, else as marked, else the only one. */
function defaultVersion(entry: Entry, versions: ReadonlyMap<string, Version>, marked: string | null): string | null {
  const stated = entry.text('DefaultVersionId');
  if (stated !== null && versions.has(stated)) return stated;
  const [only] = versions.size === 1 ? versions.keys() : [];
  const found = marked ?? only ?? null;
  if (found === null) {
    entry.warn('PolicyVersionList', 'the default version is not among the versions; the policy is left out');
  } else if (stated !== null) {
    entry.warn('DefaultVersionId', `\`${stated}\` is not among the versions; \`${found}\` is taken`);
  }
  return found;
}
