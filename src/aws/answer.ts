import type { Caller } from '../session/caller.ts';
import { type AwsError, errorJson, errorXml } from './wire/errors.ts';
import type { ServiceName } from './wire/shapes.ts';

/** An answer to be sent. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A long one in pieces. */
  readonly body: string | readonly Buffer[];
  /** The kind of the caller, for the log. */
  readonly caller: Caller['kind'] | 'refused';
  /** An error that nobody expected, for the log; null: none. */
  readonly unexpected: unknown;
}

/** How an answer is written, and whom it answers. */
export interface AnswerForm {
  readonly service: ServiceName;
  readonly asJson: boolean;
  readonly requestId: string;
  readonly caller: DoorAnswer['caller'];
}

/** What was asked for, written already. */
export function answered(body: readonly Buffer[], { asJson, requestId, caller }: AnswerForm): DoorAnswer {
  return {
    status: 200,
    headers: headersOf(asJson ? JSON_TYPE : 'text/xml', requestId),
    body,
    caller,
    unexpected: null,
  };
}

/** An error. `unexpected`: for the log; left out: it was expected. */
export function failed(error: AwsError, form: AnswerForm, unexpected: unknown = null): DoorAnswer {
  const { service, asJson, requestId, caller } = form;
  const body = asJson ? errorJson(error, requestId) : errorXml(service, error, requestId);
  const headers = { ...headersOf(asJson ? JSON_TYPE : 'text/xml', requestId), ...error.headers };
  return { status: error.status, headers, body, caller, unexpected };
}

/** A refusal that is made before a request is read. */
export function refusedUnread(error: AwsError, requestId: string): DoorAnswer {
  return failed(error, { service: 'sts', asJson: false, requestId, caller: 'refused' });
}

/** The answer to a request that has taken too long. `accept`: the header of that name. */
export function timedOut(message: string, accept: string | undefined, requestId: string): DoorAnswer {
  const error = { status: 503, code: 'ServiceUnavailable', message, headers: { 'retry-after': '1' } };
  return failed(error, { service: 'sts', asJson: wantsJson(accept), requestId, caller: 'refused' });
}

/** Whether a client reads JSON: by its header `accept`. */
export function wantsJson(accept: string | null | undefined): boolean {
  return /^application\/json\b/i.test(accept ?? '');
}

/** Clients of other services come here when AWS_ENDPOINT_URL is set for all. They read JSON, and would print XML as it is. */
export function otherProtocol(requestId: string): DoorAnswer {
  const message =
    'This address serves STS and IAM: set AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_IAM instead of AWS_ENDPOINT_URL';
  const body = JSON.stringify({ __type: 'UnknownOperationException', message });
  const headers = headersOf('application/x-amz-json-1.0', requestId);
  return { status: 400, headers, body, caller: 'refused', unexpected: null };
}

const JSON_TYPE = 'application/json';

function headersOf(type: string, requestId: string): Readonly<Record<string, string>> {
  // The name of the header is AWS's. Answers are for one caller, and some contain credentials.
  return {
    'content-type': type,
    'x-amzn-requestid': requestId,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
}
