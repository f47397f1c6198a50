/** What holds of every row `t` of a table, or of the whole directory. */
export interface Invariant {
  /** SQL that is true where it does not hold. */
  readonly broken: string;
  /** What is then wrong. */
  readonly sentence: string;
}

const ONE_HOLDER: Invariant = {
  broken: `num_nonnulls(t."userId", t."groupId", t."roleId") <> 1`,
  sentence: 'it does not belong to exactly one user, group or role',
};

const OF_ITS_ARN: Invariant = {
  broken: `split_part(t.arn, ':', 5) <> t."accountId" OR right(t.arn, length(t.name) + 1) <> '/' || t.name`,
  sentence: 'its ARN does not have its account and name',
};

/** By table: what the schema does not say. */
export const INVARIANTS: Readonly<Record<string, readonly Invariant[]>> = {
  PolicyDocument: [
    {
      broken: `t.hash <> encode(sha256(convert_to(t.text, 'UTF8')), 'hex')`,
      sentence: 'its text is not the one that the hash was made of',
    },
  ],
  ManagedPolicy: [
    {
      broken: `t."defaultVersionId" IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM "PolicyVersion" x WHERE x."policyId" = t.id AND x."versionId" = t."defaultVersionId")`,
      sentence: 'its default version is not there',
    },
  ],
  InlinePolicy: [ONE_HOLDER],
  PolicyAttachment: [
    ONE_HOLDER,
    {
      broken: `t."accountId" IS DISTINCT FROM coalesce(
        (SELECT h."accountId" FROM "User" h WHERE h.id = t."userId"), (SELECT h."accountId" FROM "Group" h WHERE h.id = t."groupId"),
        (SELECT h."accountId" FROM "Role" h WHERE h.id = t."roleId"))`,
      sentence: 'its account is not that of its user, group or role',
    },
  ],
  User: [OF_ITS_ARN],
  Group: [OF_ITS_ARN],
  Role: [OF_ITS_ARN],
};

/** Of the directory as a whole. */
export const STATE: readonly Invariant[] = [
  {
    broken: `NOT EXISTS (SELECT 1 FROM "DirectoryState" WHERE id = 1)`,
    sentence: 'the directory has lost its state row',
  },
  {
    broken: `(SELECT max(revision) FROM "DirectoryChange") > (SELECT revision FROM "DirectoryState" WHERE id = 1)`,
    sentence: 'changes are recorded that are later than the revision of the directory',
  },
  {
    broken: `NOT EXISTS (SELECT 1 FROM "SigningKey" WHERE "retiredAt" IS NULL)`,
    sentence: 'no generation of the signing key is accepted',
  },
];
