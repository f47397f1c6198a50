import type { DecisionEffect, PolicyLayer } from '../generated/console/questions.ts';

/** The four meanings, which never mix. */
export type Meaning = 'allowed' | 'denied' | 'implicit' | 'unknown';

export const MEANING_WORDS: Readonly<Record<Meaning, string>> = {
  allowed: 'Allowed',
  denied: 'Denied explicitly',
  implicit: 'Not allowed',
  unknown: 'Not known',
};

const OF_EFFECT: Readonly<Record<DecisionEffect, Meaning>> = {
  ALLOWED: 'allowed',
  EXPLICIT_DENY: 'denied',
  IMPLICIT_DENY: 'implicit',
};

export function meaningOf(effect: DecisionEffect): Meaning {
  return OF_EFFECT[effect];
}

/** A layer in the one order and with the one sign that it has everywhere. */
export interface LayerWords {
  readonly layer: PolicyLayer;
  /** Above its station. */
  readonly short: string;
  /** In a sentence, behind an article: `the permissions boundary`. */
  readonly long: string;
  readonly icon: string;
  /** What it is for, in a line. */
  readonly about: string;
}

export const LAYERS: readonly LayerWords[] = [
  {
    layer: 'SERVICE_CONTROL_POLICY',
    short: 'Service control',
    long: 'a service control policy',
    icon: 'M3 4h18v4H3zM6 10h12v4H6zM9 16h6v4H9z',
    about: 'What the organization lets its accounts do at most',
  },
  {
    layer: 'RESOURCE_CONTROL_POLICY',
    short: 'Resource control',
    long: 'a resource control policy',
    icon: 'M12 3 4 7v5c0 4.5 3.4 8 8 9 4.6-1 8-4.5 8-9V7z',
    about: 'What the organization lets anybody do with its resources at most',
  },
  {
    layer: 'BLOCK_PUBLIC_ACCESS',
    short: 'Block Public Access',
    long: 'Block Public Access',
    icon: 'M12 3a9 9 0 1 0 .01 0zM6.5 6.5l11 11',
    about: 'Whether the public is kept out, whatever policies say',
  },
  {
    layer: 'VPC_ENDPOINT_POLICY',
    short: 'Endpoint',
    long: 'the policy of the VPC endpoint',
    icon: 'M4 12h6M14 12h6M10 8h4v8h-4z',
    about: 'What may pass through the private endpoint',
  },
  {
    layer: 'PERMISSIONS_BOUNDARY',
    short: 'Boundary',
    long: 'the permissions boundary',
    icon: 'M4 4h16v16H4zM8 8h8v8H8z',
    about: 'What this identity can be given at most',
  },
  {
    layer: 'SESSION_POLICY',
    short: 'Session',
    long: 'a session policy',
    icon: 'M12 4a8 8 0 1 0 .01 0zM12 7v5l3 3',
    about: 'What this session may do at most',
  },
  {
    layer: 'TRUST_POLICY',
    short: 'Trust',
    long: 'the trust policy of the role',
    icon: 'M7 13a4 4 0 1 1 3.9-5H20v4h-3v3h-4v-3h-2.1A4 4 0 0 1 7 13z',
    about: 'Who may assume the role',
  },
  {
    layer: 'RESOURCE_POLICY',
    short: 'Resource',
    long: 'the policy of the resource',
    icon: 'M4 7c0-2 16-2 16 0l-2 12c0 2-12 2-12 0zM4 7c0 2 16 2 16 0',
    about: 'Whom the resource itself lets in',
  },
  {
    layer: 'UNDERLYING_BUCKET_POLICY',
    short: 'Bucket behind',
    long: 'the policy of the bucket behind the access point',
    icon: 'M4 9c0-2 10-2 10 0l-1 9c0 2-8 2-8 0zM17 5v10M14 12l3 3 3-3',
    about: 'Whom the bucket behind the access point lets in',
  },
  {
    layer: 'KMS_GRANT',
    short: 'Grant',
    long: 'a grant of the key',
    icon: 'M8 12a4 4 0 1 1 3.5-2H21v3h-2v2h-3v-2h-4.5',
    about: 'Who was given the use of the key',
  },
  {
    layer: 'IDENTITY_POLICY',
    short: 'Identity',
    long: 'an identity policy',
    icon: 'M12 4a4 4 0 1 0 .01 0zM4 21c0-5 3.5-8 8-8s8 3 8 8',
    about: 'What this identity, or its groups, were given',
  },
];

/** Without which the flow is not drawn; the others only where they took part. */
const ALWAYS: readonly PolicyLayer[] = [
  'SERVICE_CONTROL_POLICY',
  'RESOURCE_CONTROL_POLICY',
  'PERMISSIONS_BOUNDARY',
  'SESSION_POLICY',
  'RESOURCE_POLICY',
  'IDENTITY_POLICY',
];

export function wordsOf(layer: PolicyLayer): LayerWords {
  const words = LAYERS.find((each) => each.layer === layer);
  return words ?? { layer, short: layer, long: layer, icon: 'M4 4h16v16H4z', about: '' };
}

/** The stations of a flow: those that are always drawn, and those that took part. */
export function stationsOf(took: readonly PolicyLayer[]): readonly LayerWords[] {
  // Of a role that is assumed, the trust policy is the policy of the resource.
  const without: PolicyLayer | null = took.includes('TRUST_POLICY') ? 'RESOURCE_POLICY' : null;
  return LAYERS.filter(({ layer }) => took.includes(layer) || (ALWAYS.includes(layer) && layer !== without));
}
