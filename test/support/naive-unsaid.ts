/**
 * What a question leaves unsaid: the name of a session, whether the tags of a bucket take part. An Allow
 * has to hold whatever it is, a Deny has to hold for something that it could be.
 */
import { asksForRegion } from './naive-asked.ts';
import { contextValue } from './naive-keys.ts';
import type { Doc, NaiveRequest } from './naive-request.ts';

/** The request in every way it could be, as far as the statement could tell them apart. */
export function waysOf(q: NaiveRequest, statement: Doc): readonly NaiveRequest[] {
  const ways = namesOf(q, statement).flatMap(tagsOf);
  // What is allowed is decided for each Region.
  return statement['Effect'] === 'Deny' ? ways.flatMap(regionsOf) : ways;
}

/** Session names are 2 to 64 of these. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const NAME = /^[\w+=,.@-]{2,64}$/;

/** With names that the statement or the request speaks of, and some that nobody speaks of. */
function namesOf(q: NaiveRequest, statement: Doc): readonly NaiveRequest[] {
  const p = q.principal;
  if (p.kind !== 'roleSession' || p.sessionName !== null) return [q];
  const spokenOf = [JSON.stringify(statement), q.resource.arn, ...[...q.context.values()].flat()]
    .flatMap((text) => text.split(/[:/"${}[\]' ]/))
    .flatMap((part) => ['', 'zz'].map((run) => part.replaceAll('*', run).replaceAll('?', 'z')));
  const names = new Set([...spokenOf.filter((name) => NAME.test(name)), 'nobody.speaks.of', 'zz']);
  return [...names].map((sessionName) => ({ ...q, principal: { ...p, sessionName } }));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html */
function tagsOf(q: NaiveRequest): readonly NaiveRequest[] {
  const { arn, tags, tagsCount } = q.resource;
  if (!/^arn:[^:]+:s3:::[^/]+$/.test(arn) || tags === null || tagsCount === true) return [q];
  return [tags, {}].map((counting) => ({ ...q, resource: { ...q.resource, tags: counting, tagsCount: true } }));
}

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-2', 'sa-east-1', 'me-central-1'];

/** The request in every Region that it could be made in, where what it is asked on depends on that. */
export function regionsOf(q: NaiveRequest): readonly NaiveRequest[] {
  if (!asksForRegion(q) || q.askedRegion !== undefined || contextValue(q, 'aws:RequestedRegion') !== undefined)
    return [q];
  return REGIONS.map((region) => ({ ...q, askedRegion: region }));
}
