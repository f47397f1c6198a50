import type { TemporaryCredentials as TemporaryCredentialsValue } from '../../session/credentials.ts';
import { builder } from '../builder.ts';

export const TemporaryCredentials = builder.objectRef<TemporaryCredentialsValue>('TemporaryCredentials').implement({
  description:
    'Credentials of a role session, or of a user for a while. Shown once; the gateway keeps no copy of the secret',
  fields: (t) => ({
    accessKeyId: t.exposeString('accessKeyId', { description: 'ASIA…' }),
    secretAccessKey: t.exposeString('secretAccessKey', { description: 'The secret that belongs to the key id' }),
    sessionToken: t.exposeString('sessionToken', {
      description: 'A signed token: send it as `Authorization: Bearer …` to act with these credentials',
    }),
    expiration: t.field({
      type: 'DateTime',
      description: 'When they stop working',
      resolve: ({ expiration }) => expiration,
    }),
  }),
});
