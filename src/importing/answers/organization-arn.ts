import type { Entry } from '../entry.ts';
import { type Answer, at } from './answer.ts';

export function isObjectWith(value: unknown, member: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, member);
}

const ARN = /^arn:([a-z-]+):organizations::(\d{12}):(?:root|ou|account|policy)\/(o-[a-z0-9]{1,40})\//;

/** The organization that an ARN of something in it names, which is said of the organization too. Null: it is AWS's own, or no such ARN. */
export function organizationOf(answer: Answer, entry: Entry): string | null {
  const arn = entry.text('Arn');
  if (arn === null) return null;
  const [, partition, managementAccountId, id] = ARN.exec(arn) ?? [];
  if (id === undefined || managementAccountId === undefined || partition === undefined) return null;
  answer.facts.organizations.say(id, { managementAccountId }, at(answer, arn));
  answer.facts.accounts.say(managementAccountId, { partition }, at(answer, arn));
  return id;
}

/** That of the account whose command it was, or the only one. */
export function theOrganization({ facts, name }: Answer): string | null {
  const [only, ...others] = facts.organizations.keys();
  if (others.length === 0) return only ?? null;
  return (
    facts.organizations.keys().find((id) => facts.organizations.get(id).managementAccountId === name.account) ?? null
  );
}
