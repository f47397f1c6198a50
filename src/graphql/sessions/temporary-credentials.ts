import type { TemporaryCredentials as TemporaryCredentialsValue } from '../../session/credentials.ts';
import { builder } from '../builder.ts';

export const TemporaryCredentials = builder.objectRef<TemporaryCredentialsValue>('TemporaryCredentials').implement({
  description:
    'Temporary credentials of a role session, or of a user. They are shown once; the gateway stores no copy of the ' +
    'secret',
  fields: (t) => ({
    accessKeyId: t.exposeString('accessKeyId', { description: 'Access key id, ASIA…' }),
    secretAccessKey: t.exposeString('secretAccessKey', { description: 'The secret of the key' }),
    sessionToken: t.exposeString('sessionToken', {
      description: 'A signed token. To use these credentials, send it as `Authorization: Bearer …`',
    }),
    expiration: t.field({
      type: 'DateTime',
      description: 'When the credentials expire',
      resolve: ({ expiration }) => expiration,
    }),
  }),
});
