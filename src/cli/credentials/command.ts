import type { Terminal } from '../terminal.ts';
import type { CredentialsCommand, EnvCommand, RoleOptions } from './arguments.ts';
import { type Assumption, instantText, type RoleCredentials, takeCredentials } from './assume.ts';
import type { Gateway } from './gateway.ts';
import { gatewayAddress } from './gateway-address.ts';
import { authorizationOf, callersKey, type Environment } from './key.ts';
import type { CallerOptions } from './options.ts';
import { exportsFor } from './shells.ts';
import { readTokenCode } from './token-code.ts';

/** What a command is run in. */
export interface Surroundings {
  readonly env: Environment;
  /** The data folder of the settings, whose gateway is asked if no other one is named. Throws InvalidSettings. */
  readonly dataDir: () => string;
}

/**
 * `rolegate credentials`: prints credentials of a role in the form of `credential_process`. Throws CommandFailed or UsageError.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function printCredentials(
  command: CredentialsCommand,
  around: Surroundings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<void> {
  const gateway = await gatewayFor(command, around);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await assumed(gateway, command, terminal, input);
  const printed = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: instantText(expiration),
  };
  terminal.out(`${JSON.stringify(printed)}\n`);
}

/**
 * `rolegate env`: prints what sets the credentials of a role, and the address that they are for, in a shell. Throws CommandFailed
 * or UsageError. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export async function printExports(
  command: EnvCommand,
  around: Surroundings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<void> {
  const gateway = await gatewayFor(command, around);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await assumed(gateway, command, terminal, input);
  // The names that `aws configure export-credentials --format env` has.
  const variables = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CREDENTIAL_EXPIRATION: instantText(expiration),
    // Without them clients would ask AWS itself, which knows nothing of these credentials.
    AWS_ENDPOINT_URL_STS: `${gateway.url}/aws`,
    AWS_ENDPOINT_URL_IAM: `${gateway.url}/aws`,
  };
  terminal.out(exportsFor(command.shell, variables));
}

async function assumed(
  gateway: Gateway,
  command: RoleOptions,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<RoleCredentials> {
  const { serialNumber } = command;
  // Last, because it expires in half a minute.
  const tokenCode = serialNumber === null ? null : await readTokenCode(serialNumber, terminal, input);
  return takeCredentials(gateway, assumptionOf(command, tokenCode));
}

/** The gateway that a command asks, and as whom. Throws CommandFailed or UsageError. */
export async function gatewayFor(options: CallerOptions, { env, dataDir }: Surroundings): Promise<Gateway> {
  const url = await gatewayAddress(options.url, env, dataDir);
  return { url, authorization: authorizationOf(await callersKey(options, env)) };
}

function assumptionOf(options: RoleOptions, tokenCode: string | null): Assumption {
  const { role, durationSeconds, externalId, sourceIdentity, serialNumber, tags } = options;
  // AWS's CLI names sessions after the second too.
  const roleSessionName = options.sessionName ?? `rolegate-session-${Math.floor(Date.now() / 1000)}`;
  return {
    mutation: 'assumeRole',
    input: { role, roleSessionName, durationSeconds, externalId, sourceIdentity, serialNumber, tokenCode, tags },
  };
}
