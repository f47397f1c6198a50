import { splitArn } from './arn.ts';
import { isPartition } from './regions.ts';

const SERVICE = /^[a-z0-9.*?-]+$/i;
const REGION = /^[a-z0-9*?-]*$/i;
/** Twelve digits, also with wildcards for some of them; or one of AWS's own words, such as `aws` and `cloudfront`. */
const ACCOUNT = /^(?:|\d{12}|[0-9?]*\*[0-9*?]*|[0-9?]{12}|[a-z]+(?:-[a-z]+)*)$/;

/**
 * Why a pattern in a policy can match no ARN, judged by the parts before the resource; null: it can match one. Missing
 * parts are no fault. Existence is not checked: Regions, services and accounts come and go, and only a wrong form is
 * certainly a mistake. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function arnFault(text: string): string | null {
  const head = headOf(text);
  if (head.length > LONGEST_HEAD) return faultOf(head);
  let fault = faults.get(head);
  if (fault === undefined) {
    fault = faultOf(head);
    if (faults.size >= MOST_FAULTS) faults.clear();
    faults.set(head, fault);
  }
  return fault;
}

/** Policies name the same services and accounts again and again, and are checked entry by entry. */
const faults = new Map<string, string | null>();
const MOST_FAULTS = 4096;
/** Characters: what is longer is no ordinary head, and would fill the memory. */
const LONGEST_HEAD = 128;

/** Everything up to the resource, with its colon: the resource itself is never at fault. */
function headOf(text: string): string {
  // A policy variable may contain colons.
  if (text.includes('${')) return text;
  let at = -1;
  for (let part = 0; part < HEADS; part++) {
    at = text.indexOf(':', at + 1);
    if (at < 0) return text;
  }
  return text.slice(0, at + 1);
}

function faultOf(text: string): string | null {
  const [scheme = '', partition, service, region = '', account = ''] = splitArn(withoutHeadVariables(text));
  if (partition === undefined || !isArnScheme(scheme)) return 'is not an ARN';
  if (!isWild(partition) && !isPartition(partition.toLowerCase())) {
    return `is not an ARN: there is no partition \`${partition}\``;
  }
  if (service !== undefined && !SERVICE.test(service)) return 'is not an ARN: it names no service';
  if (!REGION.test(region)) return `is not an ARN: \`${region}\` cannot be a Region`;
  if (!ACCOUNT.test(account)) return `is not an ARN: \`${account}\` cannot be an account`;
  const hasRegion = region !== '' && !isWild(region);
  // ARNs of IAM have no Region, and ARNs of S3 have one only with an account: no ARN could match.
  const isNowhere =
    service === 'iam' || (service === 's3' && account === '' && text.split(':').length > ACCOUNT_AT + 1);
  return hasRegion && isNowhere ? `is not an ARN: one of ${service} has no Region` : null;
}

/** Why an unreadable entry of Resource is not an ARN pattern. Completes a sentence. */
export function resourceProblem(text: string): string {
  return arnFault(text) ?? 'has too few parts for an ARN in this kind of policy';
}

const ACCOUNT_AT = 4;
const HEADS = 5;

/**
 * The text with stars in place of policy variables before the resource. AWS documents none there, but AWS's own policies
 * have some (`arn:*:kms:*:${aws:PrincipalAccount}:key/*`): a Deny must match whatever their values are.
 */
export function withoutHeadVariables(text: string): string {
  if (!text.includes('${')) return text;
  let plain = '';
  let colons = 0;
  for (let at = 0; at < text.length && colons < HEADS; ) {
    const end = text.startsWith('${', at) ? text.indexOf('}', at) : -1;
    if (text.charAt(at) === ':') colons += 1;
    plain += end < 0 ? text.charAt(at) : '*';
    at = end < 0 ? at + 1 : end + 1;
    if (colons === HEADS) return plain + text.slice(at);
  }
  return plain;
}

function isArnScheme(scheme: string): boolean {
  return scheme.toLowerCase() === 'arn';
}

function isWild(text: string): boolean {
  return text.includes('*') || text.includes('?');
}
