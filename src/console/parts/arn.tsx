import { accountIn, shortName } from '../names.ts';
import { Copy } from './copy.tsx';

/** An ARN as people read it: the name, with its account beside it. The whole one on hover, and when it is copied. */
export function Arn({
  arn,
  name,
  account,
  href,
}: {
  readonly arn: string;
  readonly name?: string | null;
  /** Left out: as the ARN says. */
  readonly account?: string;
  readonly href?: string;
}) {
  const shown = name ?? shortName(arn);
  const place = account ?? accountIn(arn) ?? '';
  return (
    <span class="arn" title={arn}>
      {href === undefined ? (
        <bdi class="arn-name">{shown}</bdi>
      ) : (
        <a class="arn-name" href={href}>
          <bdi>{shown}</bdi>
        </a>
      )}
      {place !== '' && <bdi class="arn-account">{place}</bdi>}
      <Copy text={arn} label={`Copy ${arn}`} quiet />
    </span>
  );
}
