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

const SERIAL_NUMBER = 'arn:aws:iam::111111111111:mfa/name';
const A_CODE = 'six digits';

const MfaDevice = builder.prismaObject('MfaDevice', {
  select: { serialNumber: true },
  description: 'A virtual MFA device: an authenticator that shows another six digits every 30 seconds (RFC 6238)',
  fields: (t) => ({
    serialNumber: t.expose('serialNumber', { type: 'Arn', description: SERIAL_NUMBER }),
    enabledAt: t.expose('enabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was enabled for the user',
    }),
  }),
});

builder.prismaObjectField(User, 'mfaDevices', (t) =>
  t.relation('mfaDevices', {
    type: MfaDevice,
    nullable: true,
    description:
      'The MFA devices enabled for it, in the order of their serial numbers. Needs iam:ListMFADevices on the user',
    query: { orderBy: { serialNumber: 'asc' } },
  }),
);

const CreateVirtualMfaDeviceInput = builder.inputType('CreateVirtualMfaDeviceInput', {
  description: 'A device that is to be made',
  fields: (t) => ({
    accountId: t.field({ type: 'AccountId', required: true, description: 'The account that it is to belong to' }),
    name: t.string({
      required: true,
      description: 'Unique in the account: 1 to 226 characters of A-Z a-z 0-9 _ + = , . @ -',
    }),
  }),
});

const CreateVirtualMfaDeviceSuccess = builder.objectRef<NewMfaDevice>('CreateVirtualMfaDeviceSuccess').implement({
  description:
    'What an authenticator is set up with. Shown once; the gateway keeps no copy. The device counts once it is enabled',
  fields: (t) => ({
    serialNumber: t.expose('serialNumber', { type: 'Arn', description: SERIAL_NUMBER }),
    base32StringSeed: t.exposeString('seed', {
      description: 'The secret in Base32, to be typed into an authenticator',
    }),
    uri: t.exposeString('uri', { description: 'otpauth://totp/…: the same as a QR code shows it' }),
  }),
});

builder.mutationField('createVirtualMfaDevice', (t) =>
  t.field({
    type: CreateVirtualMfaDeviceSuccess,
    nullable: true,
    description:
      'iam:CreateVirtualMFADevice: makes a device that is nobody’s yet. Needs iam:CreateVirtualMFADevice on its ARN',
    args: { input: t.arg({ type: CreateVirtualMfaDeviceInput, required: true, description: 'The device' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, EntityExistsFailure, NoSuchEntityFailure],
      union: { name: 'CreateVirtualMfaDeviceResult', description: 'The device, or why there is none' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.createVirtualMfaDevice(caller, input, now, origin)),
  }),
);

const EnableMfaDeviceInput = builder.inputType('EnableMfaDeviceInput', {
  description: 'Which device for whom, with two codes that it shows one after the other',
  fields: (t) => ({
    userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
    serialNumber: t.field({ type: 'Arn', required: true, description: SERIAL_NUMBER }),
    authenticationCode1: t.string({ required: true, description: `What the device shows: ${A_CODE}` }),
    authenticationCode2: t.string({ required: true, description: `What it shows next: ${A_CODE}` }),
  }),
});

const MfaDeviceInput = builder.inputType('DeactivateMfaDeviceInput', {
  description: 'Which device of whom',
  fields: (t) => ({
    userArn: t.field({ type: 'Arn', required: true, description: 'The user' }),
    serialNumber: t.field({ type: 'Arn', required: true, description: SERIAL_NUMBER }),
  }),
});

/** A device of a user, or not any more. */
interface ChangedDevice {
  readonly userArn: string;
  readonly serialNumber: string;
}

const MfaDeviceSuccess = builder.objectRef<ChangedDevice>('MfaDeviceChangeSuccess').implement({
  description: 'The MFA devices of the user are as was asked',
  fields: (t) => ({
    serialNumber: t.expose('serialNumber', { type: 'Arn', description: 'The device that was enabled or deactivated' }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user as it is now; null where the caller may change it, but not read it (iam:GetUser)',
      resolve: ({ userArn }, _args, context) => readableUser(context, userArn),
    }),
  }),
});

builder.mutationField('enableMfaDevice', (t) =>
  t.field({
    type: MfaDeviceSuccess,
    nullable: true,
    description:
      'iam:EnableMFADevice: makes a device a user’s, who can have 8. Needs iam:EnableMFADevice on the user, and two codes of ' +
      'the device',
    args: { input: t.arg({ type: EnableMfaDeviceInput, required: true, description: 'Which device for whom' }) },
    errors: {
      types: [AccessDeniedFailure, AuthenticationCodeFailure, NoSuchEntityFailure, EntityExistsFailure, LimitFailure],
      union: { name: 'EnableMfaDeviceResult', description: 'The device is the user’s, or why not' },
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
    description:
      'iam:DeactivateMFADevice: from now on the device is nobody’s. Needs iam:DeactivateMFADevice on the user',
    args: { input: t.arg({ type: MfaDeviceInput, required: true, description: 'Which device of whom' }) },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure],
      union: { name: 'DeactivateMfaDeviceResult', description: 'The device is nobody’s, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.deactivateMfaDevice(caller, input, now, origin);
        return input;
      }),
  }),
);

const DeleteVirtualMfaDeviceInput = builder.inputType('DeleteVirtualMfaDeviceInput', {
  description: 'Which device is to be deleted',
  fields: (t) => ({ serialNumber: t.field({ type: 'Arn', required: true, description: SERIAL_NUMBER }) }),
});

const DeleteVirtualMfaDeviceSuccess = builder
  .objectRef<{ readonly serialNumber: string }>('DeleteVirtualMfaDeviceSuccess')
  .implement({
    description: 'The device is gone',
    fields: (t) => ({
      serialNumber: t.expose('serialNumber', { type: 'Arn', description: 'The device that was deleted' }),
    }),
  });

builder.mutationField('deleteVirtualMfaDevice', (t) =>
  t.field({
    type: DeleteVirtualMfaDeviceSuccess,
    nullable: true,
    description:
      'iam:DeleteVirtualMFADevice: deletes a device that is nobody’s. Needs iam:DeleteVirtualMFADevice on its ARN',
    args: { input: t.arg({ type: DeleteVirtualMfaDeviceInput, required: true, description: 'Which device' }) },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure, DeleteConflictFailure],
      union: { name: 'DeleteVirtualMfaDeviceResult', description: 'The device is gone, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.deleteVirtualMfaDevice(caller, input.serialNumber, now, origin);
        return input;
      }),
  }),
);
