import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { GatewayServices } from '../../../src/graphql/context.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { type Gateway, gatewayOn, OPERATOR } from '../gateway.ts';

/**
 * Warnings over documents that others wrote: nearly every one is sound, so whatever is found more often tomorrow than today
 * is either new in AWS's reference or a mistake of ours. The numbers belong to the version of the catalogue.
 */
let gateway: Gateway;
let version: string;

beforeAll(async () => {
  const catalog = await openCatalog();
  version = catalog.version;
  const directory = new MemoryDirectory(demoDirectory(), catalog);
  gateway = gatewayOn({ access: createAccess(directory, catalog), catalog, directory } as unknown as GatewayServices); // no more of the directory is needed here
});

const VALIDATE = `query ($document: PolicyDocument!, $kind: PolicyKind!) {
  validatePolicy(document: $document, kind: $kind) { severity code message path value }
}`;

interface Finding {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly path: string;
  readonly value: string | null;
}

async function warningsOf(document: string, kind: string): Promise<readonly Finding[]> {
  const result = await gateway.ask(OPERATOR, VALIDATE, { document, kind });
  // as: the fields that are asked for
  const findings = (result.data as { readonly validatePolicy: readonly Finding[] }).validatePolicy;
  return findings.filter(({ severity }) => severity === 'WARNING');
}

function countsOf(warnings: readonly Finding[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code } of warnings) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe("AWS's managed policies", () => {
  interface Managed {
    readonly name: string;
    readonly document: object;
  }
  const policies: readonly Managed[] = read('../src/catalog/data/aws-managed-policies.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Managed); // as: the lines of that file
  const found = new Map<string, readonly Finding[]>();

  beforeAll(async () => {
    for (const { name, document } of policies) {
      found.set(name, await warningsOf(JSON.stringify(document), 'IDENTITY_POLICY'));
    }
  });

  test('have few warnings', () => {
    expect(version).toBe('2026-09-26');
    expect(policies).toHaveLength(1645);
    const clean = policies.filter(({ name }) => found.get(name)?.length === 0);
    expect(clean.length).toBeGreaterThan(1300);
    expect(countsOf([...found.values()].flat())).toEqual({
      // Services that AWS has closed (DeepRacer, IoT 1-Click, Mobile Hub, Zocalo …) or never listed (builderid).
      UNKNOWN_SERVICE: 118,
      // Actions that were renamed, or that the service authorization reference leaves out.
      UNKNOWN_ACTION: 61,
      // Actions of lists and the like beside a specific ARN: AWS's policies hold many that do nothing there (all lists of SageMaker
      // on its ARNs, logs:DescribeLogGroups on the log groups of one service, s3:ListAllMyBuckets on buckets by name).
      ACTION_NEEDS_ALL_RESOURCES: 617,
      // One long list of actions with one list of ARNs, of which some types are missing: half of them are SageMaker's
      // AmazonSageMakerServiceCatalogProducts*ServiceRolePolicy.
      ACTION_WITHOUT_RESOURCE: 388,
      // ARNs left over from actions that are no longer there, and codeconnections beside codestar-connections.
      RESOURCE_NOT_TAKEN: 141,
      // Mistakes (`statemachine:` for `stateMachine:`, a stack without its id), and forms that the reference leaves out.
      UNKNOWN_RESOURCE_TYPE: 71,
      // aws:TagKeys that have to be there in requests that bring no tags: kms:DescribeKey, kms:CreateGrant, sagemaker:DeleteDomain.
      CONDITION_KEY_NOT_SUPPORTED: 4,
      // deepracer:*, and one that the reference does not have.
      UNKNOWN_CONDITION_KEY: 4,
      // events:detail-type, which the reference declares as a list.
      SET_OPERATOR_MISSING: 3,
      SET_OPERATOR_ON_SINGLE_VALUE: 8,
      // A variable in the account of an ARN.
      VARIABLE_NOT_READ: 1,
      // What follows when all actions of a statement were warned of.
      STATEMENT_GRANTS_NOTHING: 134,
      STATEMENT_DENIES_NOTHING: 1,
    });
  });

  test('compare with operators of the right type, have values that can be read and conditions that can hold', () => {
    const codes = new Set([...found.values()].flat().map(({ code }) => code));
    for (const code of [
      'OPERATOR_TYPE_MISMATCH',
      'UNREADABLE_VALUE',
      'CONTRADICTING_CONDITIONS',
      'ACTION_NEVER_MATCHES',
    ]) {
      expect(codes).not.toContain(code);
    }
  });

  test.each(['AdministratorAccess', 'PowerUserAccess', 'AmazonS3FullAccess', 'AmazonEC2FullAccess', 'IAMFullAccess'])(
    '%s has none',
    (name) => {
      expect(found.get(name)).toEqual([]);
    },
  );
});

interface Entry {
  readonly kind: string;
  readonly path: string;
  readonly n?: number;
  readonly document: unknown;
}

const KINDS: Readonly<Record<string, string>> = {
  identity: 'IDENTITY_POLICY',
  resource: 'RESOURCE_POLICY',
  'resource-policy': 'RESOURCE_POLICY',
  trust: 'TRUST_POLICY',
  scp: 'SERVICE_CONTROL_POLICY',
  rcp: 'RESOURCE_CONTROL_POLICY',
  'vpc-endpoint-policy': 'VPC_ENDPOINT_POLICY',
};

const entriesOf = (file: string): readonly Entry[] => JSON.parse(read(`data/${file}`));
// Placeholders of the recorder stand where AWS printed a partition and a Region.
const textOf = (document: unknown): string =>
  JSON.stringify(document).replaceAll('<partition>', 'aws').replaceAll('<region>', 'us-east-1');

describe('policies of organizations and of the documentation', () => {
  // Most come of placeholders that are to be filled in (`<my-corporate-cidr>`, `[STACK_NAME]`, an ARN in words, and
  // `${Account}`, which AWS reads as a policy variable that there is none of).
  test.each<[string, Readonly<Record<string, number>>]>([
    [
      'org-policies/data-perimeter-policies.json',
      {
        ACTION_NEVER_MATCHES: 2,
        ACTION_WITHOUT_RESOURCE: 1,
        PLACEHOLDER: 145,
        RESOURCE_NEVER_MATCHES: 7,
        STATEMENT_DENIES_NOTHING: 1,
        STATEMENT_GRANTS_NOTHING: 4,
        UNKNOWN_CONDITION_KEY: 4,
        UNKNOWN_RESOURCE_TYPE: 2,
        UNREADABLE_VALUE: 12,
      },
    ],
    [
      'org-policies/service-control-policies.json',
      {
        ACTION_NEEDS_ALL_RESOURCES: 2,
        ACTION_WITHOUT_RESOURCE: 4,
        INVALID_ACCOUNT_ID: 3,
        PLACEHOLDER: 44,
        UNKNOWN_REGION: 4,
        STATEMENT_DENIES_NOTHING: 3,
        UNKNOWN_ACTION: 2,
        UNKNOWN_CONDITION_KEY: 25,
        UNKNOWN_RESOURCE_TYPE: 2,
        UNREADABLE_VALUE: 1,
        VARIABLE_NOT_READ: 3,
      },
    ],
    [
      'org-policies/resource-control-policies.json',
      { PLACEHOLDER: 30, STATEMENT_DENIES_NOTHING: 1, UNKNOWN_CONDITION_KEY: 5, UNREADABLE_VALUE: 1 },
    ],
    ['policy-examples/cloudfox-resource-policies.json', {}],
    [
      'policy-examples/iam-user-guide.json',
      {
        ACTION_NEEDS_ALL_RESOURCES: 8,
        ACTION_NEVER_MATCHES: 3,
        ACTION_WITHOUT_RESOURCE: 3,
        INVALID_ACCOUNT_ID: 25,
        CONDITION_KEY_NOT_SUPPORTED: 1,
        RESOURCE_NEVER_MATCHES: 10,
        RESOURCE_NOT_TAKEN: 2,
        SET_OPERATOR_MISSING: 1,
        STATEMENT_DENIES_NOTHING: 5,
        STATEMENT_GRANTS_NOTHING: 13,
        UNKNOWN_REGION: 9,
        UNKNOWN_ACTION: 2,
        UNKNOWN_RESOURCE_SERVICE: 2,
        UNKNOWN_RESOURCE_TYPE: 1,
        UNKNOWN_SERVICE: 8,
        VARIABLE_NOT_READ: 1,
      },
    ],
    [
      'policy-examples/localstack-recorded-policies.json',
      {
        ACTION_NEEDS_ALL_RESOURCES: 1,
        ACTION_WITHOUT_RESOURCE: 5,
        PLACEHOLDER: 20,
        RESOURCE_NEVER_MATCHES: 18,
        RESOURCE_NOT_TAKEN: 1,
        STATEMENT_DENIES_NOTHING: 1,
        STATEMENT_GRANTS_NOTHING: 23,
        UNKNOWN_RESOURCE_TYPE: 2,
        UNKNOWN_SERVICE: 3,
      },
    ],
    [
      'policy-examples/quacky-customer-policies.json',
      {
        ACTION_NEEDS_ALL_RESOURCES: 12,
        ACTION_WITHOUT_RESOURCE: 2,
        INVALID_ACCOUNT_ID: 2,
        RESOURCE_NEVER_MATCHES: 2,
        SET_OPERATOR_MISSING: 1,
        SET_OPERATOR_ON_SINGLE_VALUE: 2,
        STATEMENT_GRANTS_NOTHING: 1,
        UNKNOWN_REGION: 1,
        UNKNOWN_ACTION: 2,
      },
    ],
    [
      'policy-examples/s3-user-guide.json',
      {
        ACTION_NEEDS_ALL_RESOURCES: 2,
        ACTION_WITHOUT_RESOURCE: 2,
        INVALID_ACCOUNT_ID: 6,
        PLACEHOLDER: 1,
        UNKNOWN_REGION: 12,
        RESOURCE_NEVER_MATCHES: 18,
        RESOURCE_NOT_TAKEN: 4,
        SET_OPERATOR_ON_SINGLE_VALUE: 4,
        STATEMENT_GRANTS_NOTHING: 16,
      },
    ],
    ['policy-examples/sqs-developer-guide.json', {}],
  ])('%s', async (file, expected) => {
    const warnings: Finding[] = [];
    for (const { kind, document } of entriesOf(file))
      warnings.push(...(await warningsOf(textOf(document), KINDS[kind] ?? '')));
    expect(countsOf(warnings)).toEqual(expected);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary.html shows a policy with the
// mistakes that its summary points at.
test("the mistakes of the user guide's example are found", async () => {
  const entry = entriesOf('policy-examples/iam-user-guide.json').find(
    ({ path, n }) => path.endsWith('access_policies_understand-policy-summary.md') && n === 1,
  );
  const warnings = await warningsOf(textOf(entry?.document), 'IDENTITY_POLICY');
  expect(warnings.map(({ code, value }) => [code, value])).toEqual([
    ['STATEMENT_GRANTS_NOTHING', null],
    ['UNKNOWN_ACTION', 'ec2:GetConsoleScreenshots'],
    ['UNKNOWN_SERVICE', 'codedploy:*'],
    ['ACTION_WITHOUT_RESOURCE', 'codecommit:*'],
    ['ACTION_NEEDS_ALL_RESOURCES', 's3:ListAllMyBuckets'],
    ['UNKNOWN_ACTION', 's3:DeletObject'],
    ['UNKNOWN_RESOURCE_SERVICE', 'arn:aws:autoscling:us-east-2:123456789012:autoscalgrp'],
  ]);
});
