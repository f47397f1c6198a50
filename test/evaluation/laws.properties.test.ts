import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Decision } from '../../src/evaluation/decision.ts';
import { readPolicy } from '../../src/policy/load.ts';
import { engineDecision } from '../support/engine.ts';
import { documents, FULL_ACCESS } from '../support/generated-policies.ts';
import { requests } from '../support/generated-requests.ts';
import { withGrants, withPublicAccess } from '../support/generated-resources.ts';
import { changesWhatIsOfAws } from '../support/naive-aws-owned.ts';
import { type Doc, isClosed, type NaiveRequest, ownerOf } from '../support/naive-request.ts';

// A loaded machine is slow; how fast this is, the benchmark says.
vi.setConfig({ testTimeout: 300_000 });

const RUNS = { numRuns: 300 };
const DENY: Doc = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] };
const isFree = (q: NaiveRequest): boolean => q.action.name === 'sts:GetCallerIdentity';

test('no policies, no access, except for the root user', () => {
  fc.assert(
    fc.property(requests, (q) => {
      fc.pre(
        q.principal.kind !== 'root' &&
          !(q.principal.kind === 'federatedUser' && q.principal.issuer === null) &&
          !isFree(q),
      );
      const bare = {
        ...q,
        identity: [],
        boundary: null,
        scp: null,
        resource: { ...q.resource, policy: null, rcp: null, grants: [] },
      };
      expect(engineDecision(bare).allowed).toBe(false);
    }),
    RUNS,
  );
});

test('one more Deny never turns a denial into an Allow, and one that covers everything denies explicitly', () => {
  fc.assert(
    fc.property(requests, documents('own'), (q, extra) => {
      fc.pre(!isFree(q) && !changesWhatIsOfAws(q) && q.identity.length > 0);
      const statements = (extra['Statement'] as readonly Doc[]).map((one) => ({ ...one, Effect: 'Deny' }));
      const more = { ...q, identity: [...q.identity, { ...extra, Statement: statements }] };
      expect(engineDecision(more).allowed && !engineDecision(q).allowed).toBe(false);
      expect(engineDecision({ ...q, identity: [...q.identity, DENY] }).effect).toBe('EXPLICIT_DENY');
    }),
    RUNS,
  );
});

test('one more ceiling never turns a denial into an Allow, and one that allows everything changes nothing', () => {
  const ceilings: readonly ((q: NaiveRequest, ceiling: Doc) => NaiveRequest)[] = [
    (q, ceiling) => ({ ...q, scp: [...(q.scp ?? []), [ceiling]] }),
    (q, ceiling) => (q.boundary === null && q.principal.kind !== 'root' ? { ...q, boundary: ceiling } : q),
    (q, ceiling) => (q.session === null && q.principal.kind === 'roleSession' ? { ...q, session: [ceiling] } : q),
  ];
  fc.assert(
    fc.property(requests, documents('own'), fc.constantFrom(...ceilings), (q, ceiling, lower) => {
      // A NotPrincipal hits whoever has a boundary, whatever it says: there a boundary is more than a ceiling.
      fc.pre(q.principal.kind !== 'service' && q.principal.kind !== 'anonymous');
      fc.pre(!JSON.stringify([q.resource.policy, q.endpoint ?? null]).includes('NotPrincipal'));
      expect(engineDecision(lower(q, ceiling)).allowed && !engineDecision(q).allowed).toBe(false);
      expect(engineDecision(lower(q, FULL_ACCESS)).effect).toBe(engineDecision(q).effect);
    }),
    RUNS,
  );
});

test('a VPC endpoint only takes away; one that lets everybody through changes nothing but the list of layers', () => {
  const open = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };
  const told = ({ effect, deniedBy, reason, matchedStatements, missingContextKeys, layers }: Decision) => ({
    effect,
    deniedBy,
    reason,
    missingContextKeys,
    statements: matchedStatements.map(({ layer, statement }) => ({ layer, statement })),
    layers: layers
      .filter(({ layer }) => layer !== 'VPC_ENDPOINT_POLICY')
      .map(({ layer, effect: said, matchedStatements: ofLayer }) => [layer, said, ofLayer.length]),
  });
  fc.assert(
    fc.property(requests, documents('resource'), (given, policy) => {
      const q = { ...given, endpoint: null };
      const none = engineDecision(q);
      expect(none.layers.map(({ layer }) => layer)).not.toContain('VPC_ENDPOINT_POLICY');
      expect(told(engineDecision({ ...q, endpoint: open }))).toEqual(told(none));
      const through = engineDecision({ ...q, endpoint: policy });
      // Either it is the one that takes away, or all is as without it.
      const taken = through.deniedBy === 'VPC_ENDPOINT_POLICY';
      expect([through.effect, through.deniedBy]).toEqual(
        taken ? [through.effect, 'VPC_ENDPOINT_POLICY'] : [none.effect, none.deniedBy],
      );
      expect(taken && through.allowed).toBe(false);
    }),
    RUNS,
  );
});

test('Block Public Access only takes away, and never from AWS services and the own account', () => {
  fc.assert(
    fc.property(withPublicAccess(requests.map(({ resource }) => resource)), requests, (resource, given) => {
      const q = { ...given, resource };
      const { publicAccess: _left, ...open } = resource;
      const none = engineDecision({ ...q, resource: open });
      expect(none.layers.map(({ layer }) => layer)).not.toContain('BLOCK_PUBLIC_ACCESS');
      const blocked = engineDecision(q);
      const taken = blocked.deniedBy === 'BLOCK_PUBLIC_ACCESS';
      expect([blocked.effect, blocked.deniedBy]).toEqual(
        taken ? ['IMPLICIT_DENY', 'BLOCK_PUBLIC_ACCESS'] : [none.effect, none.deniedBy],
      );
      const isSpared =
        'accountId' in q.principal ? q.principal.accountId === ownerOf(q) : q.principal.kind === 'service';
      expect(taken && isSpared).toBe(false);
    }),
    RUNS,
  );
});

test('grants of a key only add what they say, and never outweigh a denial that is explicit or of a ceiling', () => {
  fc.assert(
    fc.property(withGrants(requests.map(({ resource }) => resource)), requests, (resource, given) => {
      const q = { ...given, resource };
      const { grants: _left, ...bare } = resource;
      const [none, granted] = [engineDecision({ ...q, resource: bare }), engineDecision(q)];
      const isAdded = granted.allowed && !none.allowed;
      // A grant to the account of the caller leaves the rest to the caller's own policies.
      const isHalf = none.deniedBy === 'RESOURCE_POLICY' && granted.deniedBy === 'IDENTITY_POLICY';
      const added = ['IMPLICIT_DENY RESOURCE_POLICY', 'IMPLICIT_DENY IDENTITY_POLICY'];
      expect(isAdded || isHalf ? added : [`${granted.effect} ${granted.deniedBy}`]).toContain(
        `${none.effect} ${none.deniedBy}`,
      );
      expect(isAdded ? granted.matchedStatements[0]?.layer : 'KMS_GRANT').toBe('KMS_GRANT');
    }),
    RUNS,
  );
});

const reversedStatements = (document: Doc): Doc =>
  isClosed(document) ? document : { ...document, Statement: [...(document['Statement'] as readonly Doc[])].reverse() };

test('the order of policies and statements changes nothing but the order of the explanation', () => {
  fc.assert(
    fc.property(requests, (q) => {
      const turned: NaiveRequest = {
        ...q,
        identity: [...q.identity].reverse().map(reversedStatements),
        boundary: q.boundary === null ? null : reversedStatements(q.boundary),
        scp: q.scp === null ? null : q.scp.map((level) => [...level].reverse().map(reversedStatements)),
        resource: { ...q.resource, policy: q.resource.policy === null ? null : reversedStatements(q.resource.policy) },
      };
      const [one, other] = [engineDecision(q), engineDecision(turned)];
      expect(other.effect).toBe(one.effect);
      expect(other.deniedBy).toBe(one.deniedBy);
      expect(other.layers.map(({ layer, effect }) => ({ layer, effect }))).toEqual(
        one.layers.map(({ layer, effect }) => ({ layer, effect })),
      );
      expect(new Set(other.missingContextKeys.map((key) => key.toLowerCase()))).toEqual(
        new Set(one.missingContextKeys.map((key) => key.toLowerCase())),
      );
    }),
    RUNS,
  );
});

const explained = (
  keep: (decision: Decision, q: NaiveRequest) => boolean,
  check: (decision: Decision) => void,
): void => {
  fc.assert(
    fc.property(requests, (q) => {
      const decision = engineDecision(q);
      fc.pre(!isFree(q) && keep(decision, q));
      check(decision);
      expect(decision.allowed).toBe(decision.effect === 'ALLOWED');
      expect(decision.layers).toEqual(engineDecision(q).layers);
    }),
    RUNS,
  );
};
const layersThatDeny = (decision: Decision) =>
  decision.layers.filter((layer) => layer.effect === 'EXPLICIT_DENY').map((layer) => layer.layer);

test('an explicit deny is explained by the statements that deny, those of the named layer first', () => {
  explained(
    (decision) => decision.effect === 'EXPLICIT_DENY',
    (decision) => {
      expect(layersThatDeny(decision)).toContain(decision.deniedBy);
      expect(decision.matchedStatements[0]).toMatchObject({ layer: decision.deniedBy, effect: 'DENY' });
      expect(new Set(decision.matchedStatements.map((one) => one.effect))).toEqual(new Set(['DENY']));
      expect(decision.reason).toContain(' with an explicit deny in ');
    },
  );
});

test('an implicit deny is explained by the layer in which nothing allows, and by no statement', () => {
  explained(
    // What belongs to AWS is denied by no layer.
    (decision) => decision.effect === 'IMPLICIT_DENY' && decision.deniedBy !== null,
    (decision) => {
      expect(layersThatDeny(decision)).toEqual([]);
      // Statements that would allow if the question said more are no explanation of why it is denied.
      expect(decision.requires.length === 0 ? decision.matchedStatements : []).toEqual([]);
      const because =
        decision.deniedBy === 'BLOCK_PUBLIC_ACCESS'
          ? / because public policies are restricted by the RestrictPublicBuckets setting in S3 Block Public Access of the /
          : / because no .* allows the .* action$/;
      expect(decision.reason).toMatch(because);
    },
  );
});

test('an Allow is explained by statements that allow', () => {
  explained(
    (decision) => decision.allowed,
    (decision) => {
      expect(decision.deniedBy).toBeNull();
      expect(layersThatDeny(decision)).toEqual([]);
      expect(decision.matchedStatements.filter((one) => one.effect === 'DENY')).toEqual([]);
      expect(decision.reason).toMatch(/ is authorized to perform: .* because /);
    },
  );
});

test('a request cannot forge what the directory knows', () => {
  const forged = new Map<string, string>([
    ['aws:principaltag/team', 'blue'],
    ['aws:principalarn', 'arn:aws:iam::111111111111:role/team/App'],
    ['aws:principalaccount', '111111111111'],
    ['aws:principalorgid', 'o-exampleorg1'],
    ['aws:principaltype', 'Account'],
    ['aws:principalisawsservice', 'true'],
    ['aws:userid', '111111111111'],
    ['aws:username', 'alice'],
    ['aws:tokenissuetime', '2000-01-01T00:00:00Z'],
    ['aws:sourceidentity', 're*'],
    ['aws:currenttime', '2000-01-01T00:00:00Z'],
    ['aws:epochtime', '0'],
  ]);
  fc.assert(
    fc.property(requests, (q) => {
      const clean = new Map([...q.context].filter(([key]) => !forged.has(key)));
      const honest = { ...q, authority: 'directory' as const, context: clean };
      const liar = { ...honest, context: new Map([...clean, ...forged]) };
      const [one, other] = [engineDecision(honest), engineDecision(liar)];
      expect([other.effect, other.deniedBy, other.reason]).toEqual([one.effect, one.deniedBy, one.reason]);
    }),
    RUNS,
  );
});

test('a key that is named as missing can turn the outcome; without one, no value of an absent request key does', () => {
  const candidates = [
    'aws:sourceip',
    'aws:requesttag/team',
    'aws:tagkeys',
    'aws:sourcearn',
    's3:max-keys',
    'aws:multifactorauthpresent',
  ];
  const worlds = fc.array(
    fc.record({
      key: fc.constantFrom(...candidates),
      value: fc.constantFrom(
        'red',
        'blue',
        '10.1.2.3',
        '192.0.2.1',
        '5',
        '10',
        'true',
        'false',
        'arn:aws:iam::111111111111:user/alice',
      ),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(requests, worlds, (q, more) => {
      const decision = engineDecision(q);
      const missing = new Set(decision.missingContextKeys.map((key) => key.toLowerCase()));
      const context = new Map(q.context);
      for (const { key, value } of more) if (!context.has(key) && !missing.has(key)) context.set(key, value);
      if (missing.size > 0) return;
      expect(engineDecision({ ...q, context }).allowed).toBe(decision.allowed);
    }),
    RUNS,
  );
});

test('a document printed and read again decides the same', () => {
  fc.assert(
    fc.property(requests, (q) => {
      const again = (document: Doc): Doc =>
        isClosed(document) ? document : readPolicy(JSON.stringify(document), 'identity').source.document;
      const reread = {
        ...q,
        identity: q.identity.map(again),
        boundary: q.boundary === null ? null : again(q.boundary),
      };
      expect(engineDecision(reread).reason).toBe(engineDecision(q).reason);
    }),
    RUNS,
  );
});

/** Something in the document that cannot be read in place of something that can. */
const UNREADABLE: readonly ((statement: Doc) => Doc)[] = [
  (one) => ({
    ...one,
    Condition: { ...(one['Condition'] as Doc | undefined), StringEqual: { 'aws:username': 'alice' } },
  }),
  (one) => ({ ...one, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0' } } }),
  (one) => ({ ...one, Condition: [] }),
  (one) => ({ ...one, Conditions: {} }),
  (one) => ('Action' in one ? { ...one, Action: ['nonsense'] } : { ...one, NotAction: ['nonsense'] }),
  (one) => ('Action' in one ? { ...one, Action: [...[one['Action'] ?? []].flat(), 7] } : { ...one, NotAction: 7 }),
  (one) => ('Resource' in one ? { ...one, Resource: 'arn:awss:s3:::b' } : { ...one, NotResource: ['foo'] }),
  (one) => ('Principal' in one ? { ...one, Principal: { AWS: ['bob'] } } : { ...one, Effect: 'deny' }),
  (one) => ({ ...one, Effect: one['Effect'] === 'Allow' ? 'allow' : 'Refuse' }),
];

const spoilt = (document: Doc, at: number, spoil: (statement: Doc) => Doc): Doc =>
  isClosed(document)
    ? document
    : {
        ...document,
        Statement: (document['Statement'] as readonly Doc[]).map((one, i) => (i === at ? spoil(one) : one)),
      };

test('an element that cannot be read never allows more than the document with another in its place', () => {
  type Place = (q: NaiveRequest, change: (document: Doc) => Doc) => NaiveRequest;
  const first = (list: readonly Doc[], change: (document: Doc) => Doc): readonly Doc[] =>
    list.map((document, i) => (i === 0 ? change(document) : document));
  const places: readonly Place[] = [
    (q, change) => ({ ...q, identity: first(q.identity, change) }),
    (q, change) => ({ ...q, boundary: q.boundary === null ? null : change(q.boundary) }),
    (q, change) => ({ ...q, session: q.session === null ? null : first(q.session, change) }),
    (q, change) => ({ ...q, scp: q.scp === null ? null : q.scp.map((level) => first(level, change)) }),
    (q, change) => ({
      ...q,
      resource: { ...q.resource, policy: q.resource.policy === null ? null : change(q.resource.policy) },
    }),
  ];
  let narrowed = 0;
  fc.assert(
    fc.property(
      requests,
      fc.constantFrom(...places),
      fc.nat(2),
      fc.constantFrom(...UNREADABLE),
      (q, place, at, spoil) => {
        const before = engineDecision(q);
        const after = engineDecision(place(q, (document) => spoilt(document, at, spoil)));
        expect(after.allowed && !before.allowed).toBe(false);
        if (before.allowed && !after.allowed) narrowed += 1;
      },
    ),
    { numRuns: 3000 },
  );
  // The law is not kept by changing nothing.
  expect(narrowed).toBeGreaterThan(0);
});
