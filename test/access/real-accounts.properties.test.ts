/** Of accounts as AWS printed them, what lists, comparisons, checks and findings say is what decisions say one by one. */
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { AccessComparison } from '../../src/access/compare-access.ts';
import { FINDING_KINDS } from '../../src/access/findings/finding.ts';
import { comparePolicies } from '../../src/access/policy-checks/checks.ts';
import type { CheckedRequest } from '../../src/access/policy-checks/request.ts';
import type { Question, Subject } from '../../src/access/question.ts';
import type { PrincipalAccess } from '../../src/access/who-can-answer.ts';
import { Work } from '../../src/access/work.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { finished } from '../../src/policy/steps.ts';
import { isMember } from '../analysis/membership.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { aQuestion, aSubject, NOON, refOf } from '../support/questions.ts';
import { runs } from '../support/runs.ts';
import { expectProof } from './finding-proofs.ts';
import { isGranted, NOW } from './policy-checks/granted.ts';
import { askedIn, REAL_ACCOUNTS } from './real-accounts.ts';

const catalog = await openCatalog();
const WAYS = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

const contexts = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  { 'aws:MultiFactorAuthPresent': 'true' },
  { 'aws:SourceIp': '10.1.2.3', 'aws:PrincipalOrgID': 'o-exampleorg1' },
  { 'aws:RequestedRegion': 'us-east-1', 'iam:PassedToService': 'ec2.amazonaws.com' },
  { 'saml:aud': 'https://signin.aws.amazon.com/saml' },
);

const sessionOf = (role: string): string =>
  role.replace(/:iam::(\d+):role\/(?:.*\/)?([^/]+)$/, ':sts::$1:assumed-role/$2/somebody');

/** Answers, and null where the question is refused. */
async function decided(access: Access, questions: readonly Question[]): Promise<readonly (boolean | null)[]> {
  const answers = await access.decideEach(questions, NOON);
  return answers.map((answer) => (answer instanceof RolegateError ? null : answer.decision.allowed));
}

function shown({ answer, conditions }: PrincipalAccess): unknown {
  return [principalIdOf(answer.question.subject.principal), answer.decision.effect, conditions];
}

/** How much there was to look at, of all accounts together. */
const seen = { listed: 0, allowed: 0, assumed: 0, different: 0, granted: 0, found: 0 };
afterAll(() => {
  const none = Object.entries(seen).flatMap(([name, count]) => (count === 0 ? [name] : []));
  if (none.length > 0) throw new Error(`nothing was ${none.join(', ')}`);
});

const CASES = REAL_ACCOUNTS.map((account) => [account.name, account] as const);

describe.each(CASES)('%s', (_name, account) => {
  const { document, principals, roles, identityTexts, accountIds } = account;
  const directory = new MemoryDirectory(document, catalog);
  const access = createAccess(directory, catalog);
  const scanning = new MemoryDirectory(document, catalog);
  scanning.isIndexed = false;
  const scan = createAccess(scanning, catalog);
  const [home = ''] = accountIds;
  const resources = [...principals, `arn:aws:s3:::example-bucket`, `arn:aws:s3:::example-bucket/x`];
  const asked = fc.oneof(
    askedIn(catalog, identityTexts, resources),
    fc.record({
      action: fc.constantFrom('sts:AssumeRole', 'iam:PassRole'),
      resource: fc.constantFrom(...(roles.length === 0 ? [`arn:aws:iam::${home}:role/none`] : roles)),
    }),
  );
  const own = (resource: string): { resourceAccount?: string } =>
    /^arn:aws:[^:]*:[^:]*::/.test(resource) ? { resourceAccount: home } : {};
  const who: fc.Arbitrary<Subject> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...principals).map((arn) => aSubject(arn)) },
    ...(roles.length === 0
      ? []
      : [
          { weight: 1, arbitrary: fc.constantFrom(...roles).map((arn) => aSubject(sessionOf(arn))) },
          {
            weight: 2,
            arbitrary: fc
              .tuple(fc.constantFrom(...principals), fc.constantFrom(...roles))
              .map((pair) => aSubject(...pair)),
          },
        ]),
  );

  it('who can are all whom decisions allow, found by the index or one by one', async () => {
    await fc.assert(
      fc.asyncProperty(asked, contexts, async ({ action, resource }, context) => {
        const about = (arn: string) => aQuestion(arn, action, resource, { context, ...own(resource) });
        const expected = await decided(access, principals.map(about));
        if (expected.includes(null)) return;
        const { subject: _, ...question } = about(principals[0] ?? '');
        const [found, scanned] = await Promise.all(
          [access, scan].map((each) => each.whoCan(question, { limit: 1_000 }, NOON)),
        );
        const listed = found?.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal)) ?? [];
        seen.listed += listed.length;
        expect([...listed].sort()).toEqual(principals.filter((_arn, at) => expected[at] === true).sort());
        expect(found?.entries.map(shown)).toEqual(scanned?.entries.map(shown));
        expect(found?.outsiders).toEqual(scanned?.outsiders);
        const [open, openScanned] = await Promise.all(
          [access, scan].map((each) => each.whoCan(question, { limit: 1_000, conditional: true }, NOON)),
        );
        expect(open?.entries.map(shown)).toEqual(openScanned?.entries.map(shown));
        const outright = open?.entries.filter(({ conditions }) => conditions.length === 0);
        expect(outright?.map(shown)).toEqual(found?.entries.map(shown));
      }),
      { numRuns: runs(2), endOnFailure: true },
    );
  });

  it('what somebody may do holds what decisions allow', async () => {
    const gathered = await directory.gather({ principals: [], roles: [], resources: [], now: NOON });
    await fc.assert(
      fc.asyncProperty(who, fc.array(asked, { minLength: 20, maxLength: 20 }), async (subject, all) => {
        const { principal, assumedRole } = subject;
        const permissions = await access.effectivePermissions(subject, new Map(), NOON);
        const questions = all.map(({ action, resource }) => aQuestion(subject, action, resource, own(resource)));
        const allowed = await decided(access, questions);
        const partial = new Set(await permissions.partial());
        const mayAssume = permissions.assumption === null || permissions.assumption.decision.allowed;
        for (const [at, { action: name, resource }] of all.entries()) {
          const action = catalog.action(name);
          if (action === null || allowed[at] === null || partial.has(name)) continue;
          const acting = assumedRole === null ? principal : refOf(assumedRole);
          const caller = gathered.principal(acting)?.value;
          if (caller === undefined) throw new Error(principalIdOf(acting));
          const set = finished(permissions.setOf(action));
          const about = gathered.resource(resource, own(resource).resourceAccount ?? null).value;
          const request = { context: new Map(), now: NOON, authority: 'directory', assumes: true } as const;
          if (allowed[at] === true) seen.allowed += 1;
          const holds = mayAssume && isMember(set, caller, action, about, request);
          expect([principalIdOf(principal), assumedRole, name, resource, holds]).toEqual([
            principalIdOf(principal),
            assumedRole,
            name,
            resource,
            allowed[at],
          ]);
        }
      }),
      { numRuns: runs(1), endOnFailure: true },
    );
  });

  it('roles that somebody can assume are those of decisions, and chains can be assumed one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...principals), async (arn) => {
        const found = await access.assumableRoles(aSubject(arn), { maxDepth: 3 }, NOON);
        const now = found.filter(({ requires }) => requires.length === 0);
        const steps = now.flatMap(({ chain }) =>
          chain.map((role, at) => aQuestion(chain[at - 1] ?? arn, 'sts:AssumeRole', role)),
        );
        seen.assumed += steps.length;
        expect(new Set(await decided(access, steps))).toEqual(new Set(steps.length === 0 ? [] : [true]));
        const each = await decided(
          access,
          roles.map((role) => aQuestion(arn, 'sts:AssumeRole', role)),
        );
        const near = now.filter(({ chain }) => chain.length === 1).map(({ roleArn }) => roleArn);
        expect([...near].sort()).toEqual(roles.filter((_role, at) => each[at] === true).sort());
        expect(await scan.assumableRoles(aSubject(arn), { maxDepth: 3 }, NOON)).toMatchObject(
          found.map(({ roleArn, chain, requires }) => ({ roleArn, chain, requires })),
        );
      }),
      { numRuns: runs(1), endOnFailure: true },
    );
  });

  it('a route leads through roles that can be assumed to what the last one can do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...principals), asked, async (arn, { action, resource }) => {
        const { subject: _, ...need } = aQuestion(arn, action, resource, own(resource));
        const [isAsked] = await decided(access, [aQuestion(arn, action, resource, own(resource))]);
        if (isAsked === null) return;
        const routes = await access.accessRoutes(aSubject(arn), [need], { maxDepth: 2 }, NOON);
        for (const { roles: through, answers } of routes) {
          const steps = through.map((role, at) => aQuestion(through[at - 1] ?? arn, 'sts:AssumeRole', role));
          expect(await decided(access, steps)).toEqual(steps.map(() => true));
          const last = { ...need, subject: aSubject(through.at(-1) ?? arn) };
          expect(answers.map(({ decision }) => decision.allowed)).toEqual(await decided(access, [last]));
        }
      }),
      { numRuns: runs(2), endOnFailure: true },
    );
  });

  it('what a comparison says of an action is what decisions say of both', async () => {
    await fc.assert(
      fc.asyncProperty(who, who, fc.array(asked, { minLength: 10, maxLength: 10 }), async (one, other, all) => {
        const sides = [
          await access.effectivePermissions(one, new Map(), NOON),
          await access.effectivePermissions(other, new Map(), NOON),
        ] as const;
        const actions = [...new Set(all.map(({ action }) => action))];
        const comparison = new AccessComparison(catalog, sides, { actions }, new Work());
        const differences = await comparison.listed().after(null, 100);
        const kindOf = new Map(differences.map(({ action, kind }) => [action, kind]));
        const on = (subject: Subject) =>
          decided(
            access,
            all.map(({ action, resource }) => aQuestion(subject, action, resource, own(resource))),
          );
        const [before, after] = [await on(one), await on(other)];
        for (const [at, { action }] of all.entries()) {
          const kind = kindOf.get(action) ?? 'ALIKE';
          const [was, is] = [before[at], after[at]];
          if (was !== is) seen.different += 1;
          const isPossible =
            kind === 'ALIKE' ? was === is : kind === 'GAINED' ? was !== true : kind !== 'LOST' || is !== true;
          expect([action, kind, was, is, isPossible]).toEqual([action, kind, was, is, true]);
        }
      }),
      { numRuns: runs(2), endOnFailure: true },
    );
  });

  it('two documents are compared as requests show', () => {
    const texts = fc.constantFrom(...identityTexts);
    const requests = fc
      .tuple(asked, fc.constantFrom(...principals), contexts)
      .map(([{ action, resource }, arn, context]): CheckedRequest => {
        const { context: given } = aQuestion(arn, action, resource, { context });
        const caller = { principal: refOf(arn), roleArn: null, tags: {} };
        return { caller, action, resource, resourceAccount: null, context: given };
      });
    fc.assert(
      fc.property(texts, texts, fc.array(requests, { minLength: 30, maxLength: 30 }), (before, after, drawn) => {
        const outcome = finished(comparePolicies({ catalog, now: NOW }, { kind: 'identity', before, after }));
        const says = (request: CheckedRequest) =>
          [before, after].map((text) => isGranted(catalog, 'identity', text, request));
        if (outcome.kind === 'found') seen.granted += 1;
        const shown = outcome.kind === 'found' ? [outcome.witness] : [];
        expect(shown.map(says)).toEqual(shown.map(() => [false, true]));
        if (outcome.kind !== 'none') return;
        for (const request of drawn) expect([request, says(request)]).not.toEqual([request, [false, true]]);
      }),
      { numRuns: runs(1), endOnFailure: true },
    );
  });

  it('what is found is proved by decisions, and whom trust policies let in from outside is found', async () => {
    const holders = {
      users: (document.users ?? []).map(({ arn }) => arn),
      roles,
      resources: [],
      policies: (document.policies ?? []).map(({ arn }) => arn).filter((arn) => !arn.includes(':aws:policy/')),
      groups: new Set((document.groups ?? []).map(({ arn }) => arn)),
      roots: [],
      accountIds: null,
      endpoints: [],
    };
    const work = new Work({ time: 600_000, cpu: 600_000 });
    const searched = { holders, kinds: new Set(FINDING_KINDS), mayRead: () => true };
    const { findings, gaps } = await access.during(work).findings(searched, NOON);
    expect(gaps.filter((gap) => gap.includes('were not looked at'))).toEqual([]);
    const drawn = fc.sample(
      fc.tuple(asked, fc.constantFrom(...principals)).map(([{ action, resource }, arn]): CheckedRequest => {
        const caller = { principal: refOf(arn), roleArn: null, tags: {} };
        return { caller, action, resource, resourceAccount: null, context: new Map() };
      }),
      runs(30),
    );
    const proving = { catalog, access, document, requests: () => drawn };
    seen.found += findings.length;
    for (const finding of findings) await expectProof(proving, finding);
    const told = new Set(
      findings.flatMap(({ arn, outsider }) => (outsider === null ? [] : [`${arn} ${outsider.value}`])),
    );
    for (const resource of roles) {
      for (const action of WAYS) {
        const question = { action, resource, resourceAccount: null, context: new Map(), path: '' };
        const { outsiders } = await access.whoCan(question, { limit: 1, conditional: true }, NOON);
        for (const { kind, value } of outsiders) {
          if (kind === 'SERVICE' || value === resource.split(':')[4] || value.includes(`:${resource.split(':')[4]}:`))
            continue;
          expect([...told]).toContain(`${resource} ${value}`);
        }
      }
    }
  });
});
