import type { NewMfaDevice } from '../../session/mfa.ts';
import { builder } from '../builder.ts';
import { readableUser, User } from '../entities/user.ts';
import {
  AccessDeniedFailure,
  AuthenticationCodeFailure,
  DeleteConflictFailure,
  EntityExistsFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';

const SERIAL_NUMBER = 'ARN of the device: arn:aws:iam::111111111111:mfa/name';
const A_CODE = 'six digits';

const MfaDevice = builder.prismaObject('MfaDevice', {
  select: { serialNumber: true },
  description: 'A virtual MFA device: an authenticator that shows a new six-digit code every 30 seconds (RFC 6238)',
  fields: (t) => ({
    serialNumber: t.expose('serialNumber', { type: 'Arn', description: SERIAL_NUMBER }),
    enabledAt: t.expose('enabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the device was enabled for the user',
    }),
  }),
});

builder.prismaObjectField(User, 'mfaDevices', (t) =>
  t.relation('mfaDevices', {
    type: MfaDevice,
    nullable: true,
    description:
      'MFA devices enabled for the user, in the order of their serial numbers. Needs iam:ListMFADevices on the user',
    query: { orderBy: { serialNumber: 'asc' } },
  }),
);

const CreateVirtualMfaDeviceInput = builder.inputType('CreateVirtualMfaDeviceInput', {
  description: 'The parameters of iam:CreateVirtualMFADevice',
  fields: (t) => ({
    accountId: t.field({ type: 'AccountId', required: true, description: 'The account of the new device' }),
    name: t.string({
      required: true,
      description: 'Name of the device, unique in the account: 1 to 226 characters of A-Z a-z 0-9 _ + = , . @ -',
    }),
  }),
});

const CreateVirtualMfaDeviceSuccess = builder.objectRef<NewMfaDevice>('CreateVirtualMfaDeviceSuccess').implement({
  description:
    'Data to set up an authenticator. It is shown once; the gateway stores no copy. The device can be used once it ' +
    'is enabled',
  fields: (t) => ({
    serialNumber: t.expose('serialNumber', { type: 'Arn', description: SERIAL_NUMBER }),
    base32StringSeed: t.exposeString('seed', {
      description: 'The secret in Base32, to type into an authenticator',
    }),
    uri: t.exposeString('uri', { description: 'otpauth://totp/…: the same data, to show as a QR code' }),
  }),
});

builder.mutationField('createVirtualMfaDevice', (t) =>
  t.field({
    type: CreateVirtualMfaDeviceSuccess,
    nullable: true,
    description:
      'iam:CreateVirtualMFADevice: creates a device that is not enabled for any user yet. Needs ' +
      `iam:CreateVirtualMFADevice on its ARN. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: CreateVirtualMfaDeviceInput,
        required: true,
        description: 'The parameters of iam:CreateVirtualMFADevice',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, EntityExistsFailure, NoSuchEntityFailure],
      union: { name: 'CreateVirtualMfaDeviceResult', description: 'The device, or why it was not created' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.createVirtualMfaDevice(caller, input, now, origin)),
  }),
);

const EnableMfaDeviceInput = builder.inputType('EnableMfaDeviceInput', {
  description: 'The parameters of iam:EnableMFADevice, with two consecutive codes of the device',
  fields: (t) => ({
    userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
    serialNumber: t.field({ type: 'Arn', required: true, description: SERIAL_NUMBER }),
    authenticationCode1: t.string({ required: true, description: `A code that the device shows: ${A_CODE}` }),
    authenticationCode2: t.string({ required: true, description: `The next code that it shows: ${A_CODE}` }),
  }),
});

const MfaDeviceInput = builder.inputType('DeactivateMfaDeviceInput', {
  description: 'The parameters of iam:DeactivateMFADevice',
  fields: (t) => ({
    userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
    serialNumber: t.field({ type: 'Arn', required: true, description: SERIAL_NUMBER }),
  }),
});

/** A device that was enabled or deactivated for a user. */
interface ChangedDevice {
  readonly userArn: string;
  readonly serialNumber: string;
}

const MfaDeviceSuccess = builder.objectRef<ChangedDevice>('MfaDeviceChangeSuccess').implement({
  description: 'The MFA device was enabled or deactivated',
  fields: (t) => ({
    serialNumber: t.expose('serialNumber', { type: 'Arn', description: 'The device that was enabled or deactivated' }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user after the change; null if the caller may not read it (iam:GetUser)',
      resolve: ({ userArn }, _args, context) => readableUser(context, userArn),
    }),
  }),
});

builder.mutationField('enableMfaDevice', (t) =>
  t.field({
    type: MfaDeviceSuccess,
    nullable: true,
    description:
      'iam:EnableMFADevice: enables a device for a user, who can have 8. Needs iam:EnableMFADevice on the user, and ' +
      `two consecutive codes of the device. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: EnableMfaDeviceInput,
        required: true,
        description: 'The parameters of iam:EnableMFADevice',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, AuthenticationCodeFailure, NoSuchEntityFailure, EntityExistsFailure, LimitFailure],
      union: { name: 'EnableMfaDeviceResult', description: 'The enabled device, or why it was not enabled' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.enableMfaDevice(caller, input, now, origin);
        return input;
      }),
  }),
);

builder.mutationField('deactivateMfaDevice', (t) =>
  t.field({
    type: MfaDeviceSuccess,
    nullable: true,
    description: `iam:DeactivateMFADevice: removes a device from its user. Needs iam:DeactivateMFADevice on the user. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: MfaDeviceInput, required: true, description: 'The parameters of iam:DeactivateMFADevice' }),
    },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure],
      union: {
        name: 'DeactivateMfaDeviceResult',
        description: 'The deactivated device, or why it was not deactivated',
      },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.deactivateMfaDevice(caller, input, now, origin);
        return input;
      }),
  }),
);

const DeleteVirtualMfaDeviceInput = builder.inputType('DeleteVirtualMfaDeviceInput', {
  description: 'The parameters of iam:DeleteVirtualMFADevice',
  fields: (t) => ({ serialNumber: t.field({ type: 'Arn', required: true, description: SERIAL_NUMBER }) }),
});

const DeleteVirtualMfaDeviceSuccess = builder
  .objectRef<{ readonly serialNumber: string }>('DeleteVirtualMfaDeviceSuccess')
  .implement({
    description: 'The device was deleted',
    fields: (t) => ({
      serialNumber: t.expose('serialNumber', { type: 'Arn', description: 'The deleted device' }),
    }),
  });

builder.mutationField('deleteVirtualMfaDevice', (t) =>
  t.field({
    type: DeleteVirtualMfaDeviceSuccess,
    nullable: true,
    description:
      'iam:DeleteVirtualMFADevice: deletes a device that is not enabled for any user. Needs ' +
      `iam:DeleteVirtualMFADevice on its ARN. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: DeleteVirtualMfaDeviceInput,
        required: true,
        description: 'The parameters of iam:DeleteVirtualMFADevice',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure, DeleteConflictFailure],
      union: { name: 'DeleteVirtualMfaDeviceResult', description: 'The deleted device, or why it was not deleted' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.deleteVirtualMfaDevice(caller, input.serialNumber, now, origin);
        return input;
      }),
  }),
);
