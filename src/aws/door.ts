import { Work } from '../access/work.ts';
import { type CallerLimiter, UNLIMITED } from '../guard/caller-limits.ts';
import type { GuardServices } from '../guard/context.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import { AccessDenied } from '../session/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import { type AnswerForm, answered, type DoorAnswer, failed, otherProtocol, wantsJson } from './answer.ts';
import { callerOf, type SignatureServices } from './authenticate.ts';
import { inWordsOfIam } from './operations/allowed.ts';
import { OPERATIONS, UNSIGNED } from './operations/operations.ts';
import { type Asked, askedOf } from './request.ts';
import { headerOf, type SignedRequest } from './signing/signed-request.ts';
import { type AwsError, awsErrorOf, NotServed, UNEXPECTED } from './wire/errors.ts';
import { readInput } from './wire/read-input.ts';
import { SERVICES, type ServiceName } from './wire/shapes.ts';
import { writeJson, writeXml } from './wire/write-output.ts';

/** The services behind this door; the same for all requests. */
export interface DoorServices extends GuardServices, SignatureServices {
  /** Slowed down for guesses: see guard/throttled-sessions.ts. */
  readonly sessions: Sessions;
  /** Left out: callers have no limits. */
  readonly limiter?: CallerLimiter;
}

/** Facts about one request. */
export interface DoorFacts {
  readonly requestId: string;
  /** Milliseconds since 1970: everything in the request is decided at this instant. */
  readonly now: number;
  readonly origin: CallOrigin;
  /** The work of the request. Left out: it has the limits where no others are set. */
  readonly work?: Work;
}

/** Answers a request of a client of AWS: the query protocol of STS and IAM. Never rejects. */
export async function answerAtDoor(
  services: DoorServices,
  request: SignedRequest,
  facts: DoorFacts,
): Promise<DoorAnswer> {
  const { requestId, work = new Work() } = facts;
  if (headerOf(request, 'x-amz-target') !== null) return otherProtocol(requestId);
  const asJson = wantsJson(headerOf(request, 'accept'));
  let form: AnswerForm = { service: 'sts', asJson, requestId, caller: 'refused' };
  try {
    const asked = askedOf(request);
    form = { ...form, service: asked.service };
    const caller = await admitted(services, request, asked, facts);
    form = { ...form, caller: caller.kind };
    const allowance = services.limiter?.admit(caller, facts.origin.sourceIp) ?? UNLIMITED;
    try {
      allowance.spend(costOf(request));
      const output = await run(services, caller, asked, { ...facts, work });
      const write = asJson ? writeJson : writeXml;
      return answered(await work.run(write(asked.service, asked.action, output, requestId)), form);
    } finally {
      allowance.end();
    }
  } catch (error) {
    const told = awsErrorOf(form.service, error);
    if (told === null) return failed(UNEXPECTED, form, error);
    return failed(inWords(form.service, error, told), form);
  }
}

/** Cost of an operation, as graphql/cost.ts counts: verifying its signature, reading a page or making a change. */
const COST = 100;
/** How many bytes cost one: the policies, actions and resources of a simulation, which is as long as they are. */
const BYTES = 10;

function costOf({ body }: SignedRequest): number {
  return COST + Math.floor(body.length / BYTES);
}

async function admitted(
  services: DoorServices,
  request: SignedRequest,
  { service, action }: Asked,
  { now, origin }: DoorFacts,
): Promise<Caller> {
  // What stands in an address gets into logs.
  if (request.method !== 'POST' && (service !== 'sts' || action !== 'GetCallerIdentity')) {
    throw new NotServed('InvalidAction', `${action} is served by POST. By GET, presigned, only GetCallerIdentity is`);
  }
  // Some clients sign these all the same, with keys of somewhere else.
  if (service === 'sts' && UNSIGNED.has(action)) return { kind: 'anonymous' };
  return callerOf(services, request, { service, source: origin.sourceIp, now });
}

async function run(
  { access, directory, catalog, sessions }: DoorServices,
  caller: Caller,
  { service, action, parameters }: Asked,
  { now, origin, work }: DoorFacts & { readonly work: Work },
): Promise<object> {
  const operation = OPERATIONS[service][action];
  if (operation === undefined) throw new NotServed('NotImplemented', `Rolegate does not serve ${action}`);
  const [input = null] = SERVICES[service].operations[action] ?? [];
  const context = { access: access.during(work), directory, catalog, sessions, caller, now, origin, request: {}, work };
  // as: the input is read by the shape of the operation that takes it
  const given = readInput(service, input, parameters) as never;
  return (await operation(context, given)) ?? {};
}

function inWords(service: ServiceName, error: unknown, told: AwsError): AwsError {
  if (service !== 'iam' || !(error instanceof AccessDenied)) return told;
  return { ...told, message: inWordsOfIam(told.message) };
}
