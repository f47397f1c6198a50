import type { FindingKind, FindingsQuery, FindingWeight } from '../generated/console/questions.ts';
import type { Meaning } from './words.ts';

export type Finding = NonNullable<FindingsQuery['findings']>['nodes'][number];

export const FINDING_KINDS: Readonly<Record<FindingKind, string>> = {
  PUBLIC_ACCESS: 'Open to everybody',
  CROSS_ACCOUNT_ACCESS: 'Open to outsiders',
  DANGEROUS_GRANT: 'Gives too much',
  DATA_EXFILTRATION: 'Lets data out',
  GRANTS_NOTHING: 'Grants nothing',
  SHADOWED_STATEMENT: 'A statement without effect',
  UNREADABLE_DOCUMENT: 'Cannot be read',
  UNUSED_ROLE: 'A role for nobody',
};

export const WEIGHTS: Readonly<Record<FindingWeight, readonly [Meaning, string]>> = {
  CRITICAL: ['denied', 'Critical'],
  HIGH: ['denied', 'High'],
  MEDIUM: ['unknown', 'Medium'],
  LOW: ['implicit', 'Low'],
};
