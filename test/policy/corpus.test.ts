import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { actionMatches } from '../../src/policy/action-pattern.ts';
import { loadPolicy, readPolicy } from '../../src/policy/load.ts';
import { MalformedPolicy } from '../../src/policy/malformed-policy.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { validatePolicy } from '../../src/policy/validate.ts';

interface Entry {
  readonly kind: string;
  readonly path: string;
  readonly n?: number;
  readonly test?: string;
  readonly document: unknown;
}

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const KINDS: Readonly<Record<string, PolicyKind>> = {
  identity: 'identity',
  resource: 'resource',
  'resource-policy': 'resource',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
  'vpc-endpoint-policy': 'vpce',
};
const FILES = [
  'org-policies/data-perimeter-policies.json',
  'org-policies/service-control-policies.json',
  'org-policies/resource-control-policies.json',
  'policy-examples/cloudfox-resource-policies.json',
  'policy-examples/iam-user-guide.json',
  'policy-examples/localstack-recorded-policies.json',
  'policy-examples/quacky-customer-policies.json',
  'policy-examples/s3-user-guide.json',
  'policy-examples/sqs-developer-guide.json',
];

/** Documents of the corpus that AWS would refuse, with the reason; everything else is sound. */
const KNOWN_FAULTY: Readonly<Record<string, string>> = JSON.parse(text('./known-faulty.json'));

/** What of the corpus cannot be read, with the reason: placeholders of documentation and of recorders, and mistakes. */
const KNOWN_UNREADABLE: Readonly<Record<string, readonly string[]>> = JSON.parse(text('./known-unreadable.json'));

const nameOf = (file: string, one: Entry): string => `${file}: ${one.path}${one.n === undefined ? '' : `#${one.n}`}`;
// Placeholders of the recorder stand where AWS printed a partition, a Region and an account.
const plain = (document: unknown): string =>
  JSON.stringify(document)
    .replaceAll('<partition>', 'aws')
    .replaceAll('<region>', 'us-east-1')
    .replaceAll('<secondary-account-id>', '222222222222')
    .replaceAll('<account-id>', '111111111111');

describe.each(FILES)('%s', (file) => {
  const entries: readonly Entry[] = JSON.parse(text(`../data/${file}`));

  test('every document is accepted for its kind, or known to be faulty', () => {
    const faults: Record<string, string> = {};
    for (const one of entries) {
      const kind = KINDS[one.kind];
      if (kind === undefined) throw new Error(`unknown kind ${one.kind}`);
      const first = validatePolicy(plain(one.document), kind)[0];
      if (first !== undefined) faults[nameOf(file, one)] = `${first.message} (${first.path})`;
    }
    const known = Object.entries(KNOWN_FAULTY).filter(([name]) => name.startsWith(`${file}:`));
    expect(faults).toEqual(Object.fromEntries(known));
  });

  test('every document is read, but for placeholders and what is known to be faulty', () => {
    const unread: Record<string, readonly string[]> = {};
    for (const one of entries) {
      const messages = unreadIn(plain(one.document), KINDS[one.kind] ?? 'identity');
      if (messages.length > 0) unread[nameOf(file, one)] = messages;
    }
    const known = Object.entries(KNOWN_UNREADABLE).filter(([name]) => name.startsWith(`${file}:`));
    expect(unread).toEqual(Object.fromEntries(known));
  });
});

/** What of a document cannot be read, without repetitions. */
function unreadIn(document: string, kind: PolicyKind): readonly string[] {
  try {
    return [...new Set(readPolicy(document, kind).faults.map(({ message }) => message))];
  } catch (error) {
    if (error instanceof MalformedPolicy) return [error.message];
    throw error;
  }
}

describe("AWS's managed policies", () => {
  const policies: readonly { readonly name: string; readonly document: object }[] = text(
    '../../src/catalog/data/aws-managed-policies.jsonl',
  )
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));

  test('all 1,645 load', () => {
    expect(policies).toHaveLength(1645);
    for (const { document } of policies)
      expect(loadPolicy(JSON.stringify(document), 'identity').statements.length).toBeGreaterThan(0);
  });

  test('all are sound, but for sizes that only AWS may have', () => {
    const faults = policies.flatMap(({ name, document }) =>
      validatePolicy(JSON.stringify(document), 'identity')
        .filter((finding) => finding.code !== 'LimitExceeded')
        .map((finding) => [name, finding.message]),
    );
    expect(faults).toEqual([
      [
        'AWSSupportServiceRolePolicy',
        expect.stringMatching(/^a policy document has at most 131072 characters, this one \d+$/),
      ],
    ]);
  });

  test('their wildcards match every action that they were expanded to', () => {
    const expansions: Readonly<Record<string, readonly string[]>> = JSON.parse(
      text('../data/managed-policies/wildcard-expansions.json'),
    );
    expect(Object.keys(expansions)).toHaveLength(160);
    const byName = new Map(policies.map(({ name, document }) => [name, document]));
    const missed: string[] = [];
    for (const [name, actions] of Object.entries(expansions)) {
      const { statements } = loadPolicy(JSON.stringify(byName.get(name)), 'identity');
      for (const action of actions) {
        const [service = '', verb = ''] = action.toLowerCase().split(':');
        if (!statements.some((one) => one.allows && actionMatches(one.actions, service, verb)))
          missed.push(`${name} ${action}`);
      }
    }
    expect(missed).toEqual([]);
  });
});
