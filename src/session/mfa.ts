import { Secret, TOTP } from 'otpauth';
import type { MfaDeviceRecord } from '../directory/stores/identity-stores.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { audited, iamOperation } from './audited.ts';
import type { Call } from './call.ts';
import { MultiFactorAuthenticationFailed, ValidationError } from './errors.ts';
import { isRetired, newestGeneration } from './key-generation.ts';
import { generationOf, newSeedId } from './key-id.ts';
import type { SessionTools } from './session-tools.ts';

/** https://www.rfc-editor.org/rfc/rfc6238, with the values that AWS's virtual devices have. */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Time steps by which a device's clock may differ. */
const WINDOW = 1;
const CODE = /^\d{6}$/;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html */
const NAME = /^[\w+=,.@-]{1,226}$/;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
const SERIAL_NUMBER = /^[\w+=/:,.@-]{9,256}$/;

/** Shown once: the values to set up an authenticator with. */
export interface NewMfaDevice {
  readonly serialNumber: string;
  /** Base32. */
  readonly seed: string;
  /** otpauth://totp/…, for a QR code. */
  readonly uri: string;
}

function totpOf({ serialNumber, seedId }: Pick<MfaDeviceRecord, 'serialNumber' | 'seedId'>, tools: SessionTools): TOTP {
  const { buffer, byteOffset, byteLength } = new Uint8Array(tools.secrets.mfaSecret(seedId));
  return new TOTP({
    issuer: 'Rolegate',
    label: serialNumber.slice(serialNumber.indexOf('mfa/') + 'mfa/'.length),
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret: new Secret({ buffer: buffer.slice(byteOffset, byteOffset + byteLength) }),
  });
}

/** Throws StoreUnavailable if the master key file lacks what the device's secret is derived from. */
function holdSeed({ secrets }: SessionTools, { seedId }: MfaDeviceRecord): Promise<void> {
  return secrets.masterKeys.hold(generationOf(seedId));
}

/** The time step that `code` is of, within the window around `now`; null: it is wrong. */
function timeStepOf(totp: TOTP, code: string, now: number): number | null {
  if (!CODE.test(code)) return null;
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}

/** iam:CreateVirtualMFADevice. The device counts once it is enabled. Throws ValidationError, EntityAlreadyExists, NoSuchEntity. */
export function createVirtualMfaDevice(
  tools: SessionTools,
  call: Call,
  {
    accountId,
    name,
    partition = 'aws',
  }: { readonly accountId: string; readonly name: string; readonly partition?: string },
): Promise<NewMfaDevice> {
  const serialNumber = `arn:${partition}:iam::${accountId}:mfa/${name}`;
  const attempted = iamOperation('CreateVirtualMFADevice', serialNumber);
  return audited(tools.directory.audit, call, attempted, async (event) => {
    if (!isAccountId(accountId)) throw new ValidationError('an account id has twelve digits', 'accountId');
    if (!NAME.test(name)) {
      throw new ValidationError(
        'The specified value for virtualMFADeviceName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
        'name',
      );
    }
    const seedId = newSeedId(await newestGeneration(tools));
    await tools.directory.mfaDevices.create({ serialNumber, accountId, name, seedId, createdAt: call.now }, event);
    const totp = totpOf({ serialNumber, seedId }, tools);
    return { serialNumber, seed: totp.secret.base32, uri: totp.toString() };
  });
}

/**
 * iam:EnableMFADevice: assigns a device to a user, who proves possession with two consecutive codes. Throws
 * InvalidAuthenticationCode, NoSuchEntity, EntityAlreadyExists, LimitExceeded, ValidationError (its master key was retired).
 */
export function enableMfaDevice(
  tools: SessionTools,
  call: Call,
  input: {
    readonly userArn: string;
    readonly serialNumber: string;
    readonly authenticationCode1: string;
    readonly authenticationCode2: string;
  },
): Promise<void> {
  const { userArn, serialNumber, authenticationCode1, authenticationCode2 } = input;
  const attempted = iamOperation('EnableMFADevice', serialNumber);
  return audited(tools.directory.audit, call, attempted, async (event) => {
    const device = await tools.directory.mfaDevices.find(serialNumber);
    if (device === null || device.accountId !== parseArn(userArn)?.accountId) {
      throw new RolegateError('NoSuchEntity', `VirtualMFADevice with serial number ${serialNumber} does not exist.`, {
        field: 'serialNumber',
      });
    }
    if (await isRetired(tools, device.seedId)) {
      throw new ValidationError('its generation of the master key was retired: create a new device', 'serialNumber');
    }
    await holdSeed(tools, device);
    const timeStep = secondOfTwo(totpOf(device, tools), authenticationCode1, authenticationCode2, call.now);
    if (timeStep === null || timeStep <= (device.lastTimeStep ?? 0)) {
      throw new RolegateError('InvalidAuthenticationCode', 'Authentication code for device is not valid.', {
        field: 'authenticationCode1',
      });
    }
    await tools.directory.mfaDevices.enable({ serialNumber, userArn, timeStep, at: call.now }, event);
  });
}

/** The step of the second of two codes that follow each other, the later within the window; null: they do not. */
function secondOfTwo(totp: TOTP, first: string, second: string, now: number): number | null {
  const step = timeStepOf(totp, second, now);
  if (step === null || !CODE.test(first)) return null;
  const before = totp.validate({ token: first, timestamp: (step - 1) * PERIOD_SECONDS * 1000, window: 0 });
  return before === null ? null : step;
}

/** iam:DeactivateMFADevice: the device no longer belongs to a user. Throws NoSuchEntity. */
export function deactivateMfaDevice(
  tools: SessionTools,
  call: Call,
  device: { readonly userArn: string; readonly serialNumber: string },
): Promise<void> {
  const attempted = iamOperation('DeactivateMFADevice', device.serialNumber);
  return audited(tools.directory.audit, call, attempted, (event) => tools.directory.mfaDevices.disable(device, event));
}

/** iam:DeleteVirtualMFADevice. Throws NoSuchEntity, DeleteConflict (it still belongs to a user). */
export function deleteVirtualMfaDevice(tools: SessionTools, call: Call, serialNumber: string): Promise<void> {
  const attempted = iamOperation('DeleteVirtualMFADevice', serialNumber);
  return audited(tools.directory.audit, call, attempted, (event) =>
    tools.directory.mfaDevices.remove(serialNumber, event),
  );
}

/** The MFA parameters of a call. */
export interface MfaParameters {
  readonly serialNumber: string | null;
  readonly tokenCode: string | null;
}

/**
 * Whether the call proves possession of the user's MFA device; false: it does not try to. A right code counts once,
 * whatever the outcome of the call. Throws MultiFactorAuthenticationFailed if it tries and fails.
 */
export async function provesMfa(
  tools: SessionTools,
  { serialNumber, tokenCode }: MfaParameters,
  userId: string | null,
  now: number,
): Promise<boolean> {
  if (serialNumber === null && tokenCode === null) return false;
  if (serialNumber === null || tokenCode === null) {
    throw new MultiFactorAuthenticationFailed(', must provide both MFA serial number and one time pass code.');
  }
  // A text that is no serial number belongs to nobody and is not looked up: PostgreSQL texts cannot contain U+0000.
  const isLookedFor = userId !== null && SERIAL_NUMBER.test(serialNumber);
  const device = isLookedFor ? await tools.directory.mfaDevices.find(serialNumber) : null;
  if (device === null || userId === null || device.user?.id !== userId) {
    throw new MultiFactorAuthenticationFailed(
      ', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    );
  }
  await holdSeed(tools, device);
  const timeStep = timeStepOf(totpOf(device, tools), tokenCode, now);
  if (timeStep === null || !(await tools.directory.mfaDevices.acceptTimeStep(serialNumber, userId, timeStep))) {
    throw new MultiFactorAuthenticationFailed(' with invalid MFA one time pass code.');
  }
  return true;
}
