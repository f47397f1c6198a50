import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { importFiles } from '../../src/importing/import-files.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { aSubject, NOON } from '../support/questions.ts';
import { answersOf, type Part } from '../support/synthetic/answers.ts';
import { configSnapshots } from '../support/synthetic/config.ts';
import type { Files } from '../support/synthetic/files.ts';
import { iamCollectFolder } from '../support/synthetic/iam-collect.ts';
import { normal, without } from '../support/synthetic/normal.ts';
import { ROOT, type Synthetic, syntheticOrganization } from '../support/synthetic/organization.ts';

const catalog = await openCatalog();

/** Each foreign form, what is written beside it as answers of the command line, and what even both together lack. */
const FORMS: readonly {
  readonly form: string;
  readonly files: (world: Synthetic) => readonly Files[];
  /** Members, by list, that are not compared. */
  readonly lacks: Readonly<Record<string, readonly string[]>>;
}[] = [
  { form: 'answers of the AWS command line', files: (world) => [answersOf(world)], lacks: {} },
  {
    // No grants, OIDC providers or instance profiles; names of accounts, ABAC and ownership of buckets come with the answers.
    form: 'the folder of iam-collect, with answers beside it',
    files: (world) => [iamCollectFolder(world), answersOf(world, ['iam', 'buckets', 'organization', 'regional'])],
    // Only the current version of a policy.
    lacks: { policies: ['versions', 'defaultVersionId'] },
  },
  {
    // No organization, no grant, no alias; it never says that a list is whole.
    form: 'snapshots of AWS Config, with answers beside them',
    files: (world) => [configSnapshots(world), answersOf(world, ['iam', 'buckets', 'organization', 'regional'])],
    lacks: {},
  },
];

function imported(files: readonly Files[]): {
  readonly document: DirectoryDocument;
  readonly notes: readonly unknown[];
} {
  const { document, report } = importFiles(files.flatMap((each) => each.list()));
  return { document, notes: [...report.notRecognised, ...report.notUnderstood] };
}

describe.each(FORMS)('an organization in $form', ({ files, lacks }) => {
  it('is the same directory', () => {
    const world = syntheticOrganization(7);
    const { document, notes } = imported(files(world));
    expect(notes).toEqual([]);
    expect(without(normal(document), { ...lacks, resources: SAID })).toEqual(without(normal(world), lacks));
  });

  it('does not depend on the order of the files', () => {
    const all = files(syntheticOrganization(11)).flatMap((each) => each.list());
    const { document } = importFiles(all);
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), (shuffled) => {
        expect(importFiles(shuffled).document).toEqual(document);
      }),
      { numRuns: 5 },
    );
  });

  it('is decided as the engine decides the same world', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1000 }), async (seed) => {
        const world = syntheticOrganization(seed);
        const { document } = imported(files(world));
        const questions = questionsOn(world);
        const [here, there] = await Promise.all(
          [world, document].map(async (each) =>
            createAccess(new MemoryDirectory(each, catalog), catalog).decideEach(questions, NOON),
          ),
        );
        expect(there?.map(shownOf)).toEqual(here?.map(shownOf));
      }),
      { numRuns: 3 },
    );
  });
});

/** What files say of what they hold is no part of the directory that they were written from. */
const SAID = ['known'];

function shownOf(answer: Awaited<ReturnType<ReturnType<typeof createAccess>['decideEach']>>[number]): unknown {
  if (answer instanceof RolegateError) return answer.message;
  const { effect, deniedBy, matchedStatements, layers } = answer.decision;
  return { effect, deniedBy, layers, statements: matchedStatements.map(({ sid, policy }) => [sid, policy]) };
}

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  s3: ['s3:GetObject', 's3:ListBucket'],
  kms: ['kms:Decrypt', 'kms:ScheduleKeyDeletion'],
  sqs: ['sqs:SendMessage', 'sqs:PurgeQueue'],
  sns: ['sns:Publish'],
  secretsmanager: ['secretsmanager:GetSecretValue', 'secretsmanager:DeleteSecret'],
};

/** The VPC of the access point; of other resources none that there is. */
function vpcOf(world: Synthetic, arn: string): string {
  return world.resources.find((resource) => resource.arn === arn)?.accessPoint?.vpcId ?? 'vpc-elsewhere';
}

/** A few principals of each account on a few resources of every account, and on assuming its roles. */
function questionsOn(world: Synthetic) {
  const principals = [...world.users, ...world.roles].filter((_, index) => index % 5 === 0).map(({ arn }) => arn);
  const targets = world.resources.filter(({ accessPoint }, index) => accessPoint != null || index % 9 === 0);
  return principals.flatMap((principal, at) =>
    targets.flatMap(({ arn }, index) => {
      if ((at + index) % 3 !== 0) return [];
      return (ACTIONS[arn.split(':')[2] ?? ''] ?? []).map((action) => ({
        subject: aSubject(principal),
        action,
        resource: action === 's3:GetObject' ? `${arn}${arn.includes(':accesspoint/') ? '/object/x' : '/object'}` : arn,
        resourceAccount: null,
        context: new Map(index % 2 === 0 ? [] : [['aws:sourcevpc', vpcOf(world, arn)]]),
        path: '',
      }));
    }),
  );
}

it('the made-up organization has three levels, twelve accounts, and about two hundred resources with policies', () => {
  const world = syntheticOrganization(7);
  const [{ units, controlPolicies }] = world.organizations;
  expect(world.accounts).toHaveLength(12);
  expect(units.filter(({ parentId }) => parentId !== null)).toHaveLength(4);
  const targets = new Set(controlPolicies.flatMap((policy) => policy.targets.map((target) => target.slice(0, 2))));
  expect(targets).toContain(ROOT.slice(0, 2));
  expect(targets).toContain('ou');
  expect(world.resources.length).toBeGreaterThanOrEqual(200);
  expect(world.vpcEndpoints).toHaveLength(22);
  const points = world.resources.flatMap(({ accessPoint }) => accessPoint ?? []);
  expect(points.filter(({ vpcId }) => vpcId !== null)).toHaveLength(11);
});

/** Parts that the answers can be left out of. */
const LEFT_OUT: readonly (readonly [Part, string])[] = [['details', 'users']];

it.each(LEFT_OUT)('without the answers on %s there are no %s', (part, list) => {
  const world = syntheticOrganization(7);
  const rest = (['details', 'organization', 'iam', 'buckets', 'regional', 'endpoints'] as const).filter(
    (each) => each !== part,
  );
  const { document } = imported([answersOf(world, rest)]);
  expect(Reflect.get(document, list)).toBeUndefined();
});
