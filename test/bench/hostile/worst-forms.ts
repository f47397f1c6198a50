import { BUCKET, PLAIN } from './hostile-world.ts';

/** Requests at the limits of documents and bodies, whatever field they ask for. */
export interface WorstForm {
  readonly name: string;
  readonly path: string;
  readonly as: 'nobody' | 'plain' | 'operator';
  readonly body: () => string;
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

export const WORST_FORMS: readonly WorstForm[] = [
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
