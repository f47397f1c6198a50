import type { KmsGrantInput } from '../../directory/document.ts';
import type { Entry } from '../entry.ts';
import { type Answer, argument, at, hasListOf, hasMembers, type Operation, required } from './answer.ts';
import { arnOfArgument, listAnswer, policyAnswer, type ResourceNaming, sayResource } from './resource-answers.ts';

const KEY: ResourceNaming = { service: 'kms', prefix: 'key/', noun: 'key' };

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html */
export const KMS: readonly Operation[] = [
  listAnswer('kms list-keys', 'keys', 'Keys', {
    looksLike: hasListOf('Keys', 'KeyId', 'KeyArn'),
    arnOf: (entry) => required(entry, 'KeyArn'),
  }),
  policyAnswer('kms get-key-policy', KEY, { member: 'Policy', noneCodes: [] }),
  {
    command: 'kms describe-key',
    looksLike: hasMembers('KeyMetadata'),
    read: (answer) => {
      const arn = answer.entry.child('KeyMetadata')?.text('Arn');
      if (arn) sayResource(answer, arn, {});
    },
  },
  { command: 'kms list-grants', looksLike: hasListOf('Grants', 'GrantId', 'KeyId'), read: readGrants },
  {
    command: 'kms list-resource-tags',
    looksLike: hasListOf('Tags', 'TagKey', 'TagValue'),
    read: (answer) => {
      const arn = arnOfArgument(answer, KEY);
      if (arn === null || !answer.isWhole) return;
      const tags = (answer.entry.entries('Tags') ?? []).map((tag) => [
        tag.text('TagKey') ?? '',
        tag.text('TagValue') ?? '',
      ]);
      sayResource(answer, arn, { tags: Object.fromEntries(tags) as Record<string, string> });
    },
  },
];

/** Grants of one key. With a grant id or grantee, the command prints only some of them: then the name has a second argument. */
function readGrants(answer: Answer): void {
  const entries = answer.entry.entries('Grants') ?? [];
  const named = answer.name.arguments[0] === undefined ? null : arnOfArgument(answer, KEY);
  const arn = named ?? entries[0]?.text('KeyId') ?? null;
  if (arn === null) {
    argument(answer, 'key');
    return;
  }
  if (!arn.startsWith('arn:')) {
    answer.facts.note(at(answer, 'Grants[0].KeyId'), 'expected the ARN of the key; the grants are left out');
    return;
  }
  const grants = entries.map(readGrant);
  if (
    answer.isWhole &&
    answer.name.arguments.length < 2 &&
    answer.entry.count('Grants') === grants.filter((grant) => grant !== null).length
  ) {
    sayResource(answer, arn, { grants: grants.filter((grant) => grant !== null) });
  } else answer.facts.note(at(answer), 'some grants are missing; what is stored of the grants of the key stays');
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html */
function readGrant(entry: Entry): KmsGrantInput | null {
  const id = required(entry, 'GrantId');
  const granteePrincipal = required(entry, 'GranteePrincipal');
  if (id === null || granteePrincipal === null) return null;
  const name = entry.text('Name');
  const retiringPrincipal = entry.text('RetiringPrincipal');
  const constraints = entry.child('Constraints');
  const subset = constraints?.map('EncryptionContextSubset');
  const equals = constraints?.map('EncryptionContextEquals');
  return {
    id,
    ...(name !== null && { name }),
    granteePrincipal,
    ...(retiringPrincipal !== null && { retiringPrincipal }),
    operations: entry.texts('Operations') ?? [],
    ...(subset !== undefined && { encryptionContextSubset: subset }),
    ...(equals !== undefined && { encryptionContextEquals: equals }),
  };
}
