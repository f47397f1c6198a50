import type { RequestListener } from 'node:http';
import type { Directory } from '../directory/directory.ts';
import { askWithin } from './asked-within.ts';

/** A decision about somebody who is stored, which asks the database, and one on policies of its own, which has an answer. */
const QUESTIONS = `query WarmUp($stored: AccessRequestInput!, $own: SimulateCustomPoliciesInput!) {
  decision(request: $stored) { effect }
  simulateCustomPolicies(input: $own) { effect deniedBy reason }
}`;

/** Stored users that are asked about: a server reads for the third in a fifth of the time that it takes for the first. */
const USERS = 4;
const NOBODY = 'arn:aws:iam::000000000000:user/nobody';
const REQUEST = { action: 's3:GetObject', resource: 'arn:aws:s3:::nothing/here' };
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:Get*', Resource: ['arn:aws:s3:::nothing/*'] },
    { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ],
};
const OWN = { caller: { principal: NOBODY }, identityPolicies: [JSON.stringify(POLICY)], requests: [REQUEST] };

/**
 * Asks `door`, as a client would, what waits for the first question otherwise: documents checked, code compiled, connections made.
 * Answers what it answered to the first; null: nothing. A start does not fail by it: readiness says what does not answer.
 */
export async function warmUp(door: RequestListener, directory: Pick<Directory, 'userArns'>): Promise<string | null> {
  // Each document is another one, which is checked.
  const askAbout = (principal: string, index: number): Promise<string | null> => {
    const variables = { stored: { principal, ...REQUEST }, own: OWN };
    return askWithin(door, '/graphql', { query: `${QUESTIONS} # ${index}`, variables });
  };
  const ask = async (): Promise<string | null> => {
    const [first = NOBODY, ...others] = await directory.userArns({ limit: USERS });
    const answer = await askAbout(first, 0);
    for (const [index, principal] of others.entries()) await askAbout(principal, index + 1);
    return answer;
  };
  return ask().catch(() => null);
}
