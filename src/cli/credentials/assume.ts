import { CommandFailed, GatewayRefused } from '../failure.ts';
import { isObject, type Variables } from '../gateway-answer.ts';
import { plain } from '../plain.ts';
import { askGateway, type Gateway } from './gateway.ts';

/** Temporary credentials of a role. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly expiration: number;
  /** ARN of the session: arn:aws:sts::111111111111:assumed-role/RoleName/session-name */
  readonly sessionArn: string;
}

/** A mutation that gives credentials of a role, and its input. */
export interface Assumption {
  readonly mutation: 'assumeRole' | 'assumeInstanceProfile';
  readonly input: Variables;
}

const QUERIES = {
  assumeRole: queryOf('assumeRole', 'AssumeRoleInput'),
  assumeInstanceProfile: queryOf('assumeInstanceProfile', 'AssumeInstanceProfileInput'),
} as const;

function queryOf(mutation: string, input: string): string {
  return `mutation Take($input: ${input}!) {
  result: ${mutation}(input: $input) {
    ... on AssumeRoleSuccess {
      credentials { accessKeyId secretAccessKey sessionToken expiration }
      roleSession { arn }
    }
    ... on UserError { code message }
  }
}`;
}

/** Forms in which shells, headers and files read nothing else. */
const FORMS = {
  accessKeyId: /^\w{16,128}$/,
  secretAccessKey: /^[A-Za-z0-9/+=]{1,128}$/,
  sessionToken: /^[A-Za-z0-9/+=._~-]{1,16384}$/,
} as const;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumedRoleUser.html */
const SESSION_ARN = /^arn:[a-z-]+:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+$/;

/** Takes credentials. Throws GatewayRefused, and CommandFailed if the gateway gives no answer. */
export async function takeCredentials(
  gateway: Gateway,
  { mutation, input }: Assumption,
  patience?: number,
): Promise<RoleCredentials> {
  const { result } = await askGateway(gateway, QUERIES[mutation], { input }, patience);
  if (isObject(result) && typeof result['message'] === 'string') {
    const code = plain(String(result['code']));
    throw new GatewayRefused(
      `the gateway at ${gateway.url} refuses: ${plain(result['message'])} (${code})`,
      code,
      code,
    );
  }
  const credentials = credentialsIn(result);
  if (credentials === null) throw new CommandFailed(`the gateway at ${gateway.url} gives no credentials`);
  if (credentials.expiration > Date.now()) return credentials;
  throw new CommandFailed(
    `the credentials that the gateway at ${gateway.url} gives have ended already by the clock of this machine: compare both clocks`,
  );
}

/** Null: it is something else. */
function credentialsIn(result: unknown): RoleCredentials | null {
  if (!isObject(result) || !isObject(result['credentials']) || !isObject(result['roleSession'])) return null;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = result['credentials'];
  const { arn } = result['roleSession'];
  const matches = (form: RegExp, value: unknown): value is string => typeof value === 'string' && form.test(value);
  const milliseconds = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  if (
    !matches(FORMS.accessKeyId, accessKeyId) ||
    !matches(FORMS.secretAccessKey, secretAccessKey) ||
    !matches(FORMS.sessionToken, sessionToken) ||
    !matches(SESSION_ARN, arn) ||
    Number.isNaN(milliseconds)
  ) {
    return null;
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration: Math.floor(milliseconds / 1000) * 1000,
    sessionArn: arn,
  };
}

/** `2026-11-26T03:44:22Z`: no fraction, because botocore reads none in instance metadata. */
export function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
