/** What the benchmark asks about. */
export const READER = 'arn:aws:iam::111111111111:user/reader';
export const ACTION = 's3:GetObject';
export const BUCKET = 'arn:aws:s3:::measured';
export const KNOWN: readonly string[] = Array.from({ length: 1_000 }, (_, n) => `${BUCKET}/known/${n}`);
