import type * as iam from '@aws-sdk/client-iam';
import { ValidationError } from '../../../session/errors.ts';
import { performed } from '../allowed.ts';
import { callersAccount } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { refuseTags, serialNumber, userArn, userArnOrOwn } from './given.ts';
import { performedOn } from './on-named.ts';

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html
 * Without `QRCodePNG`, the picture of the same seed.
 */
const createVirtualMfaDevice: Operation<iam.CreateVirtualMFADeviceRequest, iam.CreateVirtualMFADeviceResponse> = async (
  context,
  given,
) => {
  const { sessions, caller, now, origin } = context;
  if (given.Path !== undefined && given.Path !== '/') {
    throw new ValidationError('Rolegate keeps no paths of MFA devices: leave it out, or give `/`', 'path');
  }
  refuseTags(given.Tags, 'MFA devices');
  const device = { ...callersAccount(context), name: given.VirtualMFADeviceName };
  const made = await performed(context, 'CreateVirtualMFADevice', device, () =>
    sessions.createVirtualMfaDevice(caller, device, now, origin),
  );
  return {
    VirtualMFADevice: { SerialNumber: made.serialNumber, Base32StringSeed: new TextEncoder().encode(made.seed) },
  };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html */
const enableMfaDevice: Operation<iam.EnableMFADeviceRequest, null> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const device = {
    userArn: await userArn(context, given.UserName),
    serialNumber: serialNumber(given.SerialNumber),
    authenticationCode1: given.AuthenticationCode1,
    authenticationCode2: given.AuthenticationCode2,
  };
  await performedOn(context, given, 'EnableMFADevice', device, () =>
    sessions.enableMfaDevice(caller, device, now, origin),
  );
  return null;
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html */
const deactivateMfaDevice: Operation<iam.DeactivateMFADeviceRequest, null> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const device = {
    userArn: await userArnOrOwn(context, given.UserName),
    serialNumber: serialNumber(given.SerialNumber),
  };
  await performedOn(context, given, 'DeactivateMFADevice', device, () =>
    sessions.deactivateMfaDevice(caller, device, now, origin),
  );
  return null;
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html */
const deleteVirtualMfaDevice: Operation<iam.DeleteVirtualMFADeviceRequest, null> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const serial = serialNumber(given.SerialNumber);
  await performed(context, 'DeleteVirtualMFADevice', { serialNumber: serial }, () =>
    sessions.deleteVirtualMfaDevice(caller, serial, now, origin),
  );
  return null;
};

/** Virtual MFA devices. */
export const MFA_DEVICE_CHANGES = {
  CreateVirtualMFADevice: createVirtualMfaDevice,
  EnableMFADevice: enableMfaDevice,
  DeactivateMFADevice: deactivateMfaDevice,
  DeleteVirtualMFADevice: deleteVirtualMfaDevice,
} satisfies Operations;
