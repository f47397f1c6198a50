import { createHash } from 'node:crypto';
import { ACCOUNT, BUCKET, EVERYTHING, HOSTILE, PLAIN } from './hostile-world.ts';
import { worstDocument } from './worst-values.ts';

/** Requests at the limits of documents and bodies, whatever field they ask for. */
export interface WorstForm {
  readonly name: string;
  readonly path: string;
  readonly as: 'nobody' | 'plain' | 'operator';
  readonly body: () => string;
  /** Left out: POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const KIB = 1024;
const MIB = KIB * KIB;
const filled = (part: string, bytes: number): string => part.repeat(Math.floor(bytes / part.length));
const graphql = (query: string, variables = '{}'): string =>
  JSON.stringify({ query }).replace(/\}$/, `,"variables":${variables}}`);
/** As much as fits: an answer 413 is one of the limits, too. */
const SIZES = [64 * KIB, MIB, 4 * MIB, 16 * MIB];

const TYPE = `kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;
export const INTROSPECTION = `{ __schema { types { kind name description fields(includeDeprecated: true) { name description args { name description type { ${TYPE} } defaultValue } type { ${TYPE} } } inputFields { name type { ${TYPE} } } interfaces { name } enumValues { name description } possibleTypes { name } } directives { name description args { name } } } }`;
const nested = (levels: number): string => (levels === 0 ? 'name' : `name fields { type { ${nested(levels - 1)} } }`);

const COMPRESSED = { 'accept-encoding': 'br, gzip' };
const search = (of: string, body: object): WorstForm => ({
  name: `AuthZEN: search of ${of}`,
  path: `/access/v1/search/${of}`,
  as: 'plain',
  body: () => JSON.stringify({ ...body, page: { limit: 1000 } }),
});
const PRINCIPAL = { type: 'principal', id: HOSTILE };
const OBJECT = { type: 'arn', id: `${BUCKET}/x` };
/** The parameters of an operation of IAM at AWS's door; the request is signed when it is sent. */
const aws = (name: string, parameters: Readonly<Record<string, string>>): WorstForm => ({
  name: `AWS: ${name}`,
  path: '/aws',
  as: 'plain',
  body: () => new URLSearchParams({ Action: name, Version: '2010-05-08', ...parameters }).toString(),
});
const listed = (name: string, count: number, value: (n: number) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}.member.${n + 1}`, value(n)]));

/** Requests of other doors, and of the newer ways to ask GraphQL. */
const WORST_DOORS: readonly WorstForm[] = [
  ...[64 * KIB, 4 * MIB].map(
    (bytes): WorstForm => ({
      name: `${bytes / KIB} KiB of a document with its hash`,
      path: '/graphql',
      as: 'plain',
      body: () => {
        const query = `{ viewer { kind } } #${filled('x', bytes - 200)}`;
        const sha256Hash = createHash('sha256').update(query).digest('hex');
        return JSON.stringify({ query, extensions: { persistedQuery: { version: 1, sha256Hash } } });
      },
    }),
  ),
  ...(['nobody', 'plain'] as const).map(
    (as): WorstForm => ({ ...form(as, 'introspection, compressed', INTROSPECTION), headers: COMPRESSED }),
  ),
  {
    ...form(
      'plain',
      'a long answer, compressed',
      `{ roles(first: 1000) { nodes { arn inlinePolicies { name document } trustPolicy } } resources(first: 1000) { nodes { arn policy } } }`,
    ),
    headers: COMPRESSED,
  },
  {
    ...form('plain', '15 KiB in the address', ''),
    path: `/graphql?query=${encodeURIComponent(`{ viewer { ${filled('kind ', 9 * KIB)} } }`)}`,
    method: 'GET',
    headers: { 'graphql-require-preflight': '1' },
    body: () => '',
  },
  { ...form('plain', 'a compressed body', '{ viewer { kind } }'), headers: { 'content-encoding': 'gzip' } },
  ...(['/', '/sign-in', '/graphql', '/nothing/at/all', '/.well-known/jwks.json', '/metrics'] as const).flatMap((path) =>
    (['nobody', 'operator'] as const).map(
      (as): WorstForm => ({
        name: `a page at ${path}`,
        path,
        as,
        method: 'GET',
        headers: { accept: 'text/html', ...COMPRESSED },
        body: () => '',
      }),
    ),
  ),
  search('subject', { subject: { type: 'principal' }, action: { name: 's3:GetObject' }, resource: OBJECT }),
  search('resource', { subject: PRINCIPAL, action: { name: 's3:GetObject' }, resource: { type: 'arn' } }),
  search('action', { subject: PRINCIPAL, resource: OBJECT }),
  aws('GetAccountAuthorizationDetails', { MaxItems: '1000' }),
  aws('ListRoles', { MaxItems: '1000' }),
  aws('SimulatePrincipalPolicy', {
    PolicySourceArn: HOSTILE,
    MaxItems: '1000',
    ...listed('ActionNames', 100, (n) => `s3:${['GetObject', 'PutObject', 'DeleteObject'][n % 3]}`),
    ...listed('ResourceArns', 100, (n) => `${BUCKET}/${n}`),
  }),
  aws('SimulateCustomPolicy', {
    MaxItems: '1000',
    ...listed('ActionNames', 100, () => 's3:GetObject'),
    ...listed('ResourceArns', 100, (n) => `${BUCKET}/${n}`),
    ...listed('PolicyInputList', 10, (n) => (n === 0 ? EVERYTHING : worstDocument(n, 20_000))),
  }),
  aws('ListEntitiesForPolicy', { PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/boundary`, MaxItems: '1000' }),
];

const WRONG_AT_THE_END = { name: 'a long list whose last item is wrong', resources: [1] };

export const WORST_FORMS: readonly WorstForm[] = [
  ...WORST_DOORS,
  ...SIZES.flatMap((bytes): WorstForm[] => {
    const as = bytes === SIZES[0] ? 'nobody' : 'plain';
    const variables = (name: string, value: () => string): WorstForm => ({
      name: `${bytes / KIB} KiB of ${name}`,
      path: '/graphql',
      as,
      body: () => graphql('query ($a: Arn) { viewer { kind } }', `{"b":${value()}}`),
    });
    return [
      variables('nested lists', () => filled('[', bytes / 2) + filled(']', bytes / 2)),
      variables('empty lists', () => `[${filled('[],', bytes)}0]`),
      variables('empty objects', () => `[${filled('{},', bytes)}0]`),
      variables('numbers', () => `[${filled('1,', bytes)}0]`),
      variables('escapes', () => `"${filled('\\n', bytes)}"`),
      variables('members', () => `{${Array.from({ length: bytes / 12 }, (_, n) => `"k${n}":1`).join(',')}}`),
    ];
  }),
  ...(['nobody', 'plain'] as const).flatMap((as): WorstForm[] => [
    form(as, 'equal fields', `{ viewer { ${filled('kind ', 3_900 * 5)} } }`),
    form(
      as,
      'equal fields in equal fields',
      `{ ${filled(`viewer { ${filled('kind ', 5 * 60)} } `, (5 * 60 + 11) * 60)} }`,
    ),
    form(as, 'equal names', `{ viewer { ${filled('a:kind ', 1_300 * 7)} } }`),
    form(as, 'unknown fields', `{ viewer { ${Array.from({ length: 3_800 }, (_, n) => `principa${n}`).join(' ')} } }`),
    form(as, 'fragments', fragments(300)),
    form(
      as,
      'introspection twice',
      INTROSPECTION.replace('{ __schema', '{ a: __schema').replace(/\}$/, `b: ${INTROSPECTION.slice(2, -2)} }`),
    ),
    form(
      as,
      'introspection with aliases',
      `{ __schema { ${Array.from({ length: 40 }, (_, n) => `a${n}: types { fields { args { type { name ofType { name } } } } }`).join(' ')} } }`,
    ),
    form(as, 'nested introspection', `{ __schema { types { ${nested(2)} } } }`),
    {
      name: 'introspection in each of ten operations',
      path: '/graphql',
      as,
      body: () => JSON.stringify(Array.from({ length: 10 }, (_, n) => ({ query: `${INTROSPECTION} # ${n}` }))),
    },
  ]),
  ...[WRONG_AT_THE_END, { ...WRONG_AT_THE_END, name: 'two operations, and a long list', resources: [] }].map(
    ({ name, resources }): WorstForm => ({
      name,
      path: '/graphql',
      as: 'plain',
      body: () =>
        JSON.stringify({
          query: `query A($p: PrincipalId!, $r: [Arn!]!) { allowedResources(principal: $p, action: "s3:GetObject", resources: $r) } query B { viewer { kind } }`,
          operationName: 'A',
          variables: { p: PLAIN, r: [...Array.from({ length: 60_000 }, (_, n) => `${BUCKET}/${n}`), ...resources] },
        }),
    }),
  ),
  {
    name: 'short lists in short lists',
    path: '/graphql',
    as: 'plain',
    body: () =>
      JSON.stringify({
        query: 'query ($r: [AccessRequestInput!]!) { decisions(requests: $r) { effect } }',
        variables: {
          r: Array.from({ length: 190 }, (_, n) => ({
            principal: PLAIN,
            action: 's3:GetObject',
            resource: `${BUCKET}/${n}`,
            furtherResources: Array.from({ length: 190 }, (__, m) => `${BUCKET}/${n}/${m}`),
          })),
        },
      }),
  },
  {
    name: 'AuthZEN: 10,000 evaluations',
    path: '/access/v1/evaluations',
    as: 'plain',
    body: () =>
      JSON.stringify({
        subject: { type: 'principal', id: PLAIN },
        action: { name: 's3:GetObject' },
        evaluations: Array.from({ length: 10_000 }, (_, n) => ({
          resource: { type: 'arn', id: `${BUCKET}/${'a'.repeat(200)}${n}` },
        })),
      }),
  },
];

function form(as: WorstForm['as'], name: string, query: string): WorstForm {
  return { name, path: '/graphql', as, body: () => graphql(query) };
}

function fragments(count: number): string {
  const parts = Array.from({ length: count }, (_, n) => `fragment f${n} on Viewer { kind ...f${(n + 1) % count} }`);
  return `{ viewer { ${Array.from({ length: count }, (_, n) => `...f${n}`).join(' ')} } } ${parts.join(' ').replace(`...f0 }`, '}')}`;
}
