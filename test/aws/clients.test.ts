import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

describe('the SDK for JavaScript', () => {
  const started = startedGateway();

  test('names the caller', async () => {
    const id = started.gateway.demo?.signIns.find(({ name }) => name === 'alice')?.accessKeyId ?? '';
    const client = new STSClient({
      endpoint: `${started.url}/aws`,
      region: 'us-east-1',
      credentials: { accessKeyId: id, secretAccessKey: started.gateway.services.secrets.secretFor(id) },
    });
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '111111111111' });
    await expect(client.send(new AssumeRoleCommand({ RoleArn: 'x', RoleSessionName: 's' }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});
