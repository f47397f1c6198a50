import type { RequestContext } from '../../evaluation/request.ts';
import { parseArn } from '../../policy/arn.ts';
import { parseInstant } from '../../policy/date.ts';
import { isAccountId } from '../../policy/principal-id.ts';

const REQUEST_TAG = 'aws:requesttag/';

/** Whether a request can have these values together: some keys say different things about the same. */
export function isConsistent(context: RequestContext): boolean {
  return (
    isOfOrganization(context, 'aws:principalorgid', 'aws:principalorgpaths') &&
    isOfOrganization(context, 'aws:resourceorgid', 'aws:resourceorgpaths') &&
    isOfOrganization(context, 'aws:sourceorgid', 'aws:sourceorgpaths') &&
    isSourceInAccount(context) &&
    isOneInstant(context) &&
    hasKeysOfTags(context)
  );
}

function isOfOrganization(context: RequestContext, id: string, paths: string): boolean {
  const organization = context.get(id);
  const list = context.get(paths);
  if (organization === undefined || list === undefined) return true;
  return [list].flat().every((path) => path.startsWith(`${String(organization)}/`));
}

function isSourceInAccount(context: RequestContext): boolean {
  const account = context.get('aws:sourceaccount');
  const arn = context.get('aws:sourcearn');
  if (typeof account !== 'string' || typeof arn !== 'string') return true;
  const owner = parseArn(arn)?.accountId ?? '';
  return !isAccountId(owner) || owner === account;
}

function isOneInstant(context: RequestContext): boolean {
  const [time, seconds] = [context.get('aws:currenttime'), context.get('aws:epochtime')];
  if (typeof time !== 'string' || typeof seconds !== 'string') return true;
  return parseInstant(time) === parseInstant(seconds);
}

function hasKeysOfTags(context: RequestContext): boolean {
  const keys = context.get('aws:tagkeys');
  if (keys === undefined) return true;
  const named = new Set([keys].flat().map((key) => key.toLowerCase()));
  return [...context.keys()].every(
    (name) => !name.startsWith(REQUEST_TAG) || named.has(name.slice(REQUEST_TAG.length)),
  );
}
