import type { GuardServices } from '../guard/context.ts';
import type { KeyGuard } from '../guard/key-guard.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import { AccessDenied } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import { callerOf } from './authenticate.ts';
import { inWordsOfIam } from './operations/allowed.ts';
import { OPERATIONS, UNSIGNED } from './operations/operations.ts';
import { headerOf, type SignedRequest } from './signing/signed-request.ts';
import { type AwsError, awsErrorOf, errorJson, errorXml, NotServed, UNEXPECTED } from './wire/errors.ts';
import { type Parameter, parameterOf, parseParameters } from './wire/parameters.ts';
import { quoted, readInput } from './wire/read-input.ts';
import { SERVICES, type ServiceName, serviceOfVersion } from './wire/shapes.ts';
import { writeJson, writeXml } from './wire/write-output.ts';

/** The services behind this door; the same for all requests. */
export interface DoorServices extends GuardServices {
  /** Slowed down for guesses: see guard/throttled-sessions.ts. */
  readonly sessions: Sessions;
  readonly keyGuard: KeyGuard;
}

/** Facts about one request. */
export interface DoorFacts {
  readonly requestId: string;
  /** Milliseconds since 1970: everything in the request is decided at this instant. */
  readonly now: number;
  readonly origin: CallOrigin;
}

/** An answer to be sent. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The kind of the caller, for the log. */
  readonly caller: Caller['kind'] | 'refused';
  /** An error that nobody expected, for the log; null: none. */
  readonly unexpected: unknown;
}

interface Asked {
  readonly service: ServiceName;
  readonly action: string;
  readonly parameters: Parameter;
}

/** Answers a request of a client of AWS: the query protocol of STS and IAM. Never rejects. */
export async function answerAtDoor(
  services: DoorServices,
  request: SignedRequest,
  facts: DoorFacts,
): Promise<DoorAnswer> {
  const asJson = /^application\/json\b/i.test(headerOf(request, 'accept') ?? '');
  const seen: { service: ServiceName; caller: DoorAnswer['caller'] } = { service: 'sts', caller: 'refused' };
  try {
    if (headerOf(request, 'x-amz-target') !== null) return otherProtocol(facts);
    const asked = askedOf(request);
    seen.service = asked.service;
    const caller = await admitted(services, request, asked, facts);
    seen.caller = caller.kind;
    const output = await run(services, caller, asked, facts);
    const write = asJson ? writeJson : writeXml;
    return sent(200, write(asked.service, asked.action, output, facts.requestId), asJson, facts, seen.caller);
  } catch (error) {
    const told = awsErrorOf(seen.service, error);
    return refused(
      seen.service,
      inWords(seen.service, error, told ?? UNEXPECTED),
      asJson,
      facts,
      seen.caller,
      told === null ? error : null,
    );
  }
}

/** The operation of a request. Its name may be in the query, and the rest in the body. */
function askedOf(request: SignedRequest): Asked {
  const parameters = parseParameters(request.query, new TextDecoder().decode(request.body));
  const action = parameterOf(parameters, 'Action');
  const version = parameterOf(parameters, 'Version');
  const service = version === null ? null : serviceOfVersion(version);
  if (action === null || service === null || !Object.hasOwn(SERVICES[service].operations, action)) {
    throw new NotServed(
      'InvalidAction',
      action === null
        ? 'There is no Action: this address serves STS (Version 2011-06-15) and IAM (Version 2010-05-08) by POST with form data'
        : `Could not find operation ${quoted(action)} for version ${quoted(version ?? '')}: this address serves STS (2011-06-15) and IAM (2010-05-08)`,
    );
  }
  return { service, action, parameters };
}

async function admitted(
  { sessions, keyGuard }: DoorServices,
  request: SignedRequest,
  { service, action }: Asked,
  { now, origin }: DoorFacts,
): Promise<Caller> {
  // Some clients sign these all the same, with keys of somewhere else.
  if (service === 'sts' && UNSIGNED.has(action)) return { kind: 'anonymous' };
  const caller = await callerOf(sessions, keyGuard, request, { service, source: origin.sourceIp, now });
  if (request.method !== 'POST' && action !== 'GetCallerIdentity') {
    throw new NotServed(
      'InvalidAction',
      `${action} is served by POST; by GET, with a presigned address, only GetCallerIdentity is`,
    );
  }
  return caller;
}

async function run(
  { access, directory, catalog, sessions }: DoorServices,
  caller: Caller,
  { service, action, parameters }: Asked,
  { now, origin }: DoorFacts,
): Promise<object> {
  const operation = OPERATIONS[service][action];
  if (operation === undefined) throw new NotServed('NotImplemented', `Rolegate does not serve ${action}`);
  const [input = null] = SERVICES[service].operations[action] ?? [];
  const context = { access, directory, catalog, sessions, caller, now, origin, request: {} };
  // as: the input is read by the shape of the operation that takes it
  const given = readInput(service, input, parameters) as never;
  return (await operation(context, given)) ?? {};
}

function inWords(service: ServiceName, error: unknown, told: AwsError): AwsError {
  if (service !== 'iam' || !(error instanceof AccessDenied)) return told;
  return { ...told, message: inWordsOfIam(told.message) };
}

/** A refusal that is made before a request is read. */
export function refusedAtDoor(error: AwsError, facts: Pick<DoorFacts, 'requestId'>): DoorAnswer {
  return refused('sts', error, false, facts, 'refused', null);
}

function refused(
  service: ServiceName,
  error: AwsError,
  asJson: boolean,
  facts: Pick<DoorFacts, 'requestId'>,
  caller: DoorAnswer['caller'],
  unexpected: unknown,
): DoorAnswer {
  const { requestId } = facts;
  const body = asJson ? errorJson(error, requestId) : errorXml(service, error, requestId);
  const answer = sent(error.status, body, asJson, facts, caller);
  return { ...answer, headers: { ...answer.headers, ...error.headers }, unexpected };
}

function sent(
  status: number,
  body: string,
  asJson: boolean,
  { requestId }: Pick<DoorFacts, 'requestId'>,
  caller: DoorAnswer['caller'],
): DoorAnswer {
  const headers = {
    'content-type': asJson ? 'application/json' : 'text/xml',
    'x-amzn-requestid': requestId,
    'cache-control': 'no-store',
  };
  return { status, headers, body, caller, unexpected: null };
}

/** Clients of other services come here when AWS_ENDPOINT_URL is set for all. They read JSON, and would print XML as it is. */
function otherProtocol({ requestId }: DoorFacts): DoorAnswer {
  const body = JSON.stringify({
    __type: 'UnknownOperationException',
    message:
      'This address serves STS and IAM: set AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_IAM instead of AWS_ENDPOINT_URL',
  });
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId };
  return { status: 400, headers, body, caller: 'refused', unexpected: null };
}
