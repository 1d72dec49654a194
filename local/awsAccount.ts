import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The account and the identity of the credentials of the user. */
export interface AwsAccount {
  readonly account: string;
  readonly arn: string;
}

/** Reads the account and the identity of the credentials from AWS STS. @throws Error with the remedy. */
export async function readAccount(region: string): Promise<AwsAccount> {
  const client = new STSClient({ region, maxAttempts: 2, requestHandler: { requestTimeout: 5_000 } });
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  } catch (error) {
    throw new Error(explain(error as Error, region));
  } finally {
    client.destroy();
  }
}

const signIn = 'Sign in, for example with "aws sso login" or "aws configure", or select a profile with AWS_PROFILE';

function explain({ name, message, ...details }: Error & { $fault?: string }, region: string): string {
  const [reason = ''] = message.split('\n');
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name)) return `no AWS credentials: ${reason} ${signIn}`;
  if (details.$fault === 'client') return `AWS refuses the credentials: ${name}: ${reason} ${signIn}`;
  return `AWS STS in ${region} does not respond: ${reason}. Check the network and AWS_REGION`;
}
