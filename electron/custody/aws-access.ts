import { z } from 'zod';
import { CustodyError } from './custody-error.ts';

/** The exact secret, with the six characters that AWS adds: a name without them could be another secret tomorrow. */
const SECRET_ARN =
  /^arn:(aws|aws-cn|aws-us-gov):secretsmanager:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6}$/;

export interface AwsSecret {
  readonly arn: string;
  readonly region: string;
  /** Where this region's Secrets Manager answers; TLS proves that it is it. */
  readonly host: string;
}

/** @throws CustodyError `aws-refused` */
export function awsSecret(text: string): AwsSecret {
  const arn = text.trim();
  const [, partition, region] = SECRET_ARN.exec(arn) ?? [];
  if (!partition || !region)
    throw new CustodyError(
      'aws-refused',
      'This is not the ARN of a secret. Give the whole of it, with the six characters at its end.',
    );
  const host = `secretsmanager.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  return { arn, region, host };
}

const half = z.string().min(1).max(4_096);
const flat = z.object({
  AWS_ACCESS_KEY_ID: half,
  AWS_SECRET_ACCESS_KEY: half,
  AWS_SESSION_TOKEN: half.optional(),
});
const named = z.object({ AccessKeyId: half, SecretAccessKey: half, SessionToken: half.optional() });

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function objectIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const inner = z
      .union([z.object({ Credentials: named }), z.object({ AccessKey: named })])
      .safeParse(value);
    return inner.success ? Object.values(inner.data)[0] : value;
  } catch {
    const lines = text.split(/\r?\n/).flatMap((line) => {
      const [, name, value] = /^\s*(?:export\s+)?([A-Z_]+)\s*=\s*["']?([^"'\s]+)["']?\s*$/.exec(line) ?? [];
      return name && value ? [[name, value] as const] : [];
    });
    return Object.fromEntries(lines);
  }
}

/**
 * An access key as people keep it: the lines of an environment, the same names as JSON, or what `aws sts` and `aws iam` print.
 * @throws CustodyError `aws-refused`, without a word of what it read
 */
export function awsCredentials(text: string): AwsCredentials {
  const value = objectIn(text.trim());
  const lines = flat.safeParse(value);
  const printed = lines.success
    ? {
        AccessKeyId: lines.data.AWS_ACCESS_KEY_ID,
        SecretAccessKey: lines.data.AWS_SECRET_ACCESS_KEY,
        SessionToken: lines.data.AWS_SESSION_TOKEN,
      }
    : named.safeParse(value).data;
  if (!printed)
    throw new CustodyError(
      'aws-refused',
      'This item of the vault is not an access key. Keep AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=… in one item, a line each.',
    );
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = printed;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
