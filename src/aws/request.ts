import { queryPairs } from './signing/canonical-request.ts';
import { headerOf, type SignedRequest } from './signing/signed-request.ts';
import { NotServed } from './wire/errors.ts';
import { formPairs, type Pairs, type Parameter, parameterOf, parametersOf } from './wire/parameters.ts';
import { quoted } from './wire/read-input.ts';
import { SERVICES, type ServiceName, serviceOfVersion } from './wire/shapes.ts';

/** An operation with its parameters, not yet read by its shape. */
export interface Asked {
  readonly service: ServiceName;
  readonly action: string;
  readonly parameters: Parameter;
}

/**
 * The operation of a request. Its name may be in the query, and the rest in the body. Throws NotServed, and ValidationError
 * for parameters that two readers could read differently.
 */
export function askedOf(request: SignedRequest): Asked {
  if (request.method !== 'POST' && request.method !== 'GET') {
    throw new NotServed(
      'MethodNotAllowed',
      'This address serves STS and IAM by POST, and a presigned GetCallerIdentity by GET',
    );
  }
  // The same pairs as in the canonical request: no part of a query can be read otherwise than it was signed.
  const parameters = parametersOf(queryPairs(request.query), formOf(request));
  const action = parameterOf(parameters, 'Action');
  const version = parameterOf(parameters, 'Version');
  if (action === null) {
    throw new NotServed(
      'MissingAction',
      `There is no Action. ${SERVED} by POST with form data, and not other services of AWS`,
    );
  }
  const service = version === null ? null : serviceOfVersion(version);
  if (service === null || !Object.hasOwn(SERVICES[service].operations, action)) {
    const shown = version === null ? 'NO_VERSION_SPECIFIED' : quoted(version);
    throw new NotServed('InvalidAction', `Could not find operation ${quoted(action)} for version ${shown}. ${SERVED}`);
  }
  return { service, action, parameters };
}

const SERVED = 'This address serves STS (Version 2011-06-15) and IAM (Version 2010-05-08)';

/** The pairs of the body. */
function formOf(request: SignedRequest): Pairs {
  if (request.body.length === 0) return [];
  const type = headerOf(request, 'content-type');
  const isForm = type === null || /^application\/x-www-form-urlencoded *(;|$)/i.test(type);
  if (!isForm || headerOf(request, 'content-encoding') !== null) {
    throw new NotServed(
      'UnsupportedMediaType',
      'The body must be application/x-www-form-urlencoded, without a content-encoding',
    );
  }
  return formPairs(new TextDecoder().decode(request.body));
}
