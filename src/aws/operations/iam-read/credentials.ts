import type * as iam from '@aws-sdk/client-iam';
import type { DeviceRecord } from '../../../directory/iam/records.ts';
import { storable } from '../../../directory/storable.ts';
import { RolegateError } from '../../../policy/errors.ts';
import { checkLength } from '../../wire/read-input.ts';
import { nameIn, userNameOf } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { oneOf } from './filters.ts';
import { listedUser } from './outputs.ts';
import { paged } from './paging.ts';
import { permitted, permittedInAccount } from './permitted.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
const listAccessKeys: Operation<iam.ListAccessKeysRequest, iam.ListAccessKeysResponse> = async (context, input) => {
  const name = userNameOf(context, input.UserName);
  const { id, arn } = await permitted(context, 'User', name, 'iam:ListAccessKeys');
  const { entries, truncation } = await paged('ListAccessKeys', input, ({ after, limit }) =>
    context.directory.iam.accessKeys(id, { after: after?.key ?? null, limit }),
  );
  const keys = entries.map(
    (key): iam.AccessKeyMetadata => ({
      UserName: nameIn(arn),
      AccessKeyId: key.id,
      Status: key.active ? 'Active' : 'Inactive',
      CreateDate: new Date(key.createdAt),
    }),
  );
  return { AccessKeyMetadata: keys, ...truncation };
};

function enabledDevice(
  { serialNumber, enabledAt }: Pick<DeviceRecord, 'serialNumber' | 'enabledAt'>,
  userArn: string,
): iam.MFADevice {
  return {
    UserName: nameIn(userArn),
    SerialNumber: serialNumber,
    EnableDate: enabledAt === null ? undefined : new Date(enabledAt),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html */
const listMfaDevices: Operation<iam.ListMFADevicesRequest, iam.ListMFADevicesResponse> = async (context, input) => {
  const name = userNameOf(context, input.UserName);
  const { id, arn } = await permitted(context, 'User', name, 'iam:ListMFADevices');
  const { entries, truncation } = await paged('ListMFADevices', input, ({ after, limit }) =>
    context.directory.iam.devicesOfUser(id, { after: after?.key ?? null, limit }),
  );
  return { MFADevices: entries.map((device) => enabledDevice(device, arn)), ...truncation };
};

const LONGEST_SERIAL_NUMBER = 256;

/** A device of a user: of the one that is named, or the caller. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetMFADevice.html */
const getMfaDevice: Operation<iam.GetMFADeviceRequest, iam.GetMFADeviceResponse> = async (context, input) => {
  const name = userNameOf(context, input.UserName);
  checkLength(input.SerialNumber, 'serialNumber', LONGEST_SERIAL_NUMBER);
  const { id } = await permitted(context, 'User', name, 'iam:GetMFADevice');
  const device = await context.directory.mfaDevices.find(storable(input.SerialNumber));
  if (device?.user?.id !== id) {
    const why = `VirtualMFADevice with serial number ${input.SerialNumber} does not exist.`;
    throw new RolegateError('NoSuchEntity', why);
  }
  return enabledDevice(device, device.user.arn);
};

const ASSIGNMENTS = { Any: null, Assigned: true, Unassigned: false } as const;

/** Seeds are shown once, when a device is made. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html */
const listVirtualMfaDevices: Operation<iam.ListVirtualMFADevicesRequest, iam.ListVirtualMFADevicesResponse> = async (
  context,
  input,
) => {
  const status = oneOf(input.AssignmentStatus ?? 'Any', ['Assigned', 'Unassigned', 'Any'], 'assignmentStatus');
  const accountId = await permittedInAccount(context, 'iam:ListVirtualMFADevices');
  const { entries, truncation } = await paged('ListVirtualMFADevices', input, ({ after, limit }) =>
    context.directory.iam.devices({ accountId, assigned: ASSIGNMENTS[status] }, { after: after?.key ?? null, limit }),
  );
  const devices = entries.map(
    ({ serialNumber, enabledAt, user }): iam.VirtualMFADevice => ({
      SerialNumber: serialNumber,
      ...(user !== null && enabledAt !== null && { User: listedUser(user), EnableDate: new Date(enabledAt) }),
    }),
  );
  return { VirtualMFADevices: devices, ...truncation };
};

export const CREDENTIAL_READS = {
  GetMFADevice: getMfaDevice,
  ListAccessKeys: listAccessKeys,
  ListMFADevices: listMfaDevices,
  ListVirtualMFADevices: listVirtualMfaDevices,
} satisfies Operations;
