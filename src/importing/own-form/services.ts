import type { OwnServiceInput } from '../../directory/document.ts';
import { list, may, must, object, oneOf } from './shape.ts';
import { boolean, text } from './texts.ts';

type Action = OwnServiceInput['actions'][number];
type Type = NonNullable<OwnServiceInput['resourceTypes']>[number];
type Key = NonNullable<OwnServiceInput['conditionKeys']>[number];

const NONE = 'Left out: none';

const action = object<Action>('An action', {
  name: must(text, 'Name without the prefix: `CancelOrder`'),
  accessLevel: must(
    oneOf('LIST', 'READ', 'WRITE', 'TAGGING', 'PERMISSIONS_MANAGEMENT'),
    'What it does to its resource',
  ),
  resourceTypes: may(list(text), 'Names of the types of resources that it can be asked on. Left out: only on `*`'),
  conditionKeys: may(list(text), `Names of condition keys of its requests, beside the global ones. ${NONE}`),
});

const resourceType = object<Type>('A type of resources', {
  name: must(text, 'Name: `order`'),
  arnPattern: must(text, 'Form of its ARNs: `arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}`'),
  conditionKeys: may(list(text), `Names of condition keys of requests on such a resource. ${NONE}`),
  canHavePolicy: may(boolean, 'Whether such a resource can have a resource-based policy. Left out: it cannot'),
});

const conditionKey = object<Key>('A condition key', {
  name: must(text, 'Name: `orders:Channel`'),
  type: must(
    oneOf(
      ...(['String', 'ARN', 'Numeric', 'Bool', 'Date', 'IPAddress'] as const),
      ...(['ArrayOfString', 'ArrayOfARN', 'ArrayOfNumeric', 'ArrayOfBool', 'ArrayOfDate', 'ArrayOfIPAddress'] as const),
    ),
    'Type of its values',
  ),
});

export const service = object<OwnServiceInput>('A service of an application', {
  prefix: must(text, 'What its actions and ARNs begin with: `orders`. None that AWS has'),
  name: must(text, 'Name'),
  actions: must(list(action), 'Actions, all of them'),
  resourceTypes: may(list(resourceType), `Types of resources, all of them. ${NONE}`),
  conditionKeys: may(list(conditionKey), `Condition keys, all of them. ${NONE}`),
});
