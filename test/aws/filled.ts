import { memberType, type ServiceName, structureOf } from '../../src/aws/wire/shapes.ts';

/** What XML, forms and URLs have a meaning for, and what they have none for. */
const TEXTS = [
  'äöü €',
  `<&>"'`,
  '+%~*=&;',
  ' a  b ',
  '𝕏\u2028',
  '{"Version":"2012-10-17"}',
  '%2B%20',
  'x.member.1=y',
  '日本',
  '\ta\nb',
];
/** Some shapes hold themselves. */
const MAX_LEVELS = 6;

/** A structure with every member filled; the same for the same `seed`. */
export function filled(service: ServiceName, name: string, seed: number, level = 0): Record<string, unknown> {
  const entries = Object.entries(structureOf(service, name)).map(([member, type], index) => [
    member,
    valueFor(service, type, seed + index * 7 + level, level + 1),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueFor(service: ServiceName, text: string, seed: number, level: number): unknown {
  const { kind, of } = memberType(text);
  const entry = (n: number): unknown => valueFor(service, of, seed + n, level);
  switch (kind) {
    case 'list':
      return level > MAX_LEVELS ? undefined : [entry(1), entry(2), entry(3)].filter((each) => each !== undefined);
    case 'map':
      return level > MAX_LEVELS ? undefined : { [`key ${seed}`]: entry(1), 'a&b': entry(2) };
    case 'structure':
      return level > MAX_LEVELS ? undefined : filled(service, of, seed, level);
    case 'scalar':
      return scalarOf(of, seed);
    default:
      return kind satisfies never;
  }
}

function scalarOf(type: string, seed: number): unknown {
  switch (type) {
    case 'number':
      return seed - 3;
    case 'boolean':
      return seed % 2 === 0;
    case 'time':
      return new Date(Date.UTC(2026, 10, 26, 12, 0, seed % 60));
    case 'blob':
      return new Uint8Array([seed % 256, 0, 255, 10]);
    default:
      return `${TEXTS[seed % TEXTS.length]}${seed}`;
  }
}
