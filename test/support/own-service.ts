import type { OwnServiceInput } from '../../src/directory/document.ts';

/** The service of an application: orders with items, of which orders can have a policy. */
export const ORDERS = {
  prefix: 'orders',
  name: 'Orders of the shop',
  actions: [
    { name: 'CancelOrder', accessLevel: 'WRITE', resourceTypes: ['order'], conditionKeys: ['orders:Channel'] },
    { name: 'GetOrder', accessLevel: 'READ', resourceTypes: ['order'] },
    { name: 'GetItem', accessLevel: 'READ', resourceTypes: ['item'] },
    { name: 'ListOrders', accessLevel: 'LIST' },
  ],
  resourceTypes: [
    {
      name: 'order',
      arnPattern: 'arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}',
      conditionKeys: ['aws:ResourceTag/${TagKey}'],
      canHavePolicy: true,
    },
    { name: 'item', arnPattern: 'arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}/item/${ItemId}' },
  ],
  conditionKeys: [
    { name: 'orders:Channel', type: 'String' },
    { name: 'orders:Amount', type: 'Numeric' },
  ],
} as const satisfies OwnServiceInput;

export function orderArn(id: string, accountId = '111111111111'): string {
  return `arn:aws:orders:eu-west-1:${accountId}:order/${id}`;
}
