import { parseArn } from '../../policy/arn.ts';
import type { Entry } from '../entry.ts';
import type { ResourceFacts } from '../facts-types.ts';
import { isAccountId } from '../iam-arn.ts';
import { policyText } from '../policy-text.ts';
import { type Answer, argument, at, homeOf, isWholeList, type Operation, regionalArn } from './answer.ts';

/** Says something of a resource; its account is that of its ARN, else that of the folder. */
export function sayResource(answer: Answer, arn: string, patch: Partial<ResourceFacts>): void {
  const parsed = parseArn(arn);
  if (parsed === null) {
    answer.facts.note(at(answer, arn), 'expected an ARN; it is left out');
    return;
  }
  const accountId = isAccountId(parsed.accountId) ? parsed.accountId : answer.name.account;
  answer.facts.resources.say(arn, { ...(accountId !== null && { accountId }), ...patch }, at(answer, arn));
}

/** The document in a member; null: there is none. */
export function documentIn(answer: Answer, entry: Entry, member: string): string | null {
  if (answer.error !== null) return null;
  const value = entry.get(member);
  return value === undefined || value === '' || value === '{}' ? null : policyText(entry, member, 'resource');
}

/** Tags in one of the forms of AWS: a list of keys and values, or a map. */
export function tagsIn(entry: Entry, member = 'Tags'): Readonly<Record<string, string>> | undefined {
  const value = entry.get(member);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return entry.map(member);
  return entry.tags(member);
}

/** How the resources of a kind are named. */
export interface ResourceNaming {
  /** In ARNs: `elasticfilesystem`. */
  readonly service: string;
  /** What stands before the name in ARNs: `file-system/`. */
  readonly prefix: string;
  /** For messages: `file system`. */
  readonly noun: string;
  /** The ARN that an argument means, where it is neither an ARN nor the name in one. */
  readonly arnOf?: (argument: string, answer: Answer) => string | null;
}

export function arnOfArgument(answer: Answer, naming: ResourceNaming): string | null {
  const name = argument(answer, naming.noun);
  if (name === null) return null;
  return naming.arnOf === undefined
    ? regionalArn(answer, naming.service, naming.prefix, name)
    : naming.arnOf(name, answer);
}

/** An operation that prints the policy of one resource, which the argument names. */
export function policyAnswer(
  command: string,
  naming: ResourceNaming,
  options: {
    readonly member: string;
    readonly noneCodes: readonly string[];
    readonly looksLike?: Operation['looksLike'];
  },
): Operation {
  const { member, noneCodes, looksLike } = options;
  return {
    command,
    noneCodes,
    ...(looksLike !== undefined && { looksLike }),
    read: (answer) => {
      const arn = arnOfArgument(answer, naming);
      if (arn !== null) sayPolicy(answer, arn, member);
    },
  };
}

/** The policy of a resource, by an answer that is about nothing else: one without it, which is not empty, is something else. */
export function sayPolicy(answer: Answer, arn: string, member: string): void {
  if (answer.error === null && answer.entry.get(member) === undefined && Object.keys(answer.entry.value).length > 0) {
    answer.facts.note(at(answer), `expected \`${member}\`; what is stored of the policy stays`);
  } else sayResource(answer, arn, { policy: documentIn(answer, answer.entry, member) });
}

/** An operation that prints the policy of one resource together with its ARN. */
export function ownPolicyAnswer(
  command: string,
  naming: ResourceNaming,
  options: {
    readonly arn: string;
    readonly member: string;
    readonly noneCodes: readonly string[];
    readonly looksLike: NonNullable<Operation['looksLike']>;
    readonly inside?: string;
  },
): Operation {
  const { member, noneCodes, looksLike } = options;
  return {
    command,
    noneCodes,
    looksLike,
    read: (answer) => {
      const entry = options.inside === undefined ? answer.entry : (answer.entry.child(options.inside) ?? answer.entry);
      const arn = (answer.error === null ? entry.text(options.arn) : null) ?? arnOfArgument(answer, naming);
      if (arn !== null) sayResource(answer, arn, { policy: documentIn(answer, entry, member) });
    },
  };
}

/** An operation that lists all resources of a kind in an account and Region. */
export function listAnswer(
  command: string,
  kind: string,
  list: string,
  options: {
    /** Null, with a note: it cannot be named. */
    readonly arnOf: (entry: Entry, answer: Answer) => string | null;
    readonly patchOf?: (entry: Entry, answer: Answer) => Partial<ResourceFacts>;
    readonly looksLike?: Operation['looksLike'];
  },
): Operation {
  return {
    command,
    ...(options.looksLike !== undefined && { looksLike: options.looksLike }),
    read: (answer) => {
      const entries = answer.entry.entries(list) ?? [];
      const arns: string[] = [];
      for (const entry of entries) {
        const arn = options.arnOf(entry, answer);
        if (arn === null) continue;
        arns.push(arn);
        sayResource(answer, arn, options.patchOf?.(entry, answer) ?? {});
      }
      sayList(answer, kind, arns, list);
    },
  };
}

/** An operation that lists the names of all resources of a kind in an account and Region. */
export function nameListAnswer(
  command: string,
  kind: string,
  list: string,
  arnOf: (name: string, answer: Answer) => string | null,
  /** A list of so many can be cut off without saying so. */
  cutOffAt?: number,
): Operation {
  return {
    command,
    looksLike: (json) => Object.hasOwn(json, list),
    read: (answer) => {
      // The command line prints nothing at all where there are none.
      const names = answer.entry.texts(list) ?? [];
      const arns = names.map((name) => arnOf(name, answer)).filter((arn) => arn !== null);
      for (const arn of arns) sayResource(answer, arn, {});
      if (names.length === cutOffAt) answer.facts.note(at(answer, list), mayBeCutOff(kind, cutOffAt));
      else sayList(answer, kind, arns, list);
    },
  };
}

function mayBeCutOff(kind: string, count: number): string {
  return `it holds ${count} ${kind}, and there may be more: ask with \`--page-size ${count}\``;
}

/** Of what is in a member, `understood` entries were. */
export function sayList(
  answer: Answer,
  kind: string,
  arns: readonly string[],
  member: string,
  understood = arns.length,
): void {
  if (!isWholeList(answer, member, understood)) return;
  const home = homeOf(answer);
  if (home !== null) answer.facts.lists(home.accountId, home.region, kind, arns, at(answer));
}
