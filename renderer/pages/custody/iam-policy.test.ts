import { describe, expect, it } from 'vitest';
import { IAM_ROLES, isSecretArn, leastPrivilege, lintPolicy } from './iam-policy.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:sallyport/payer-AbC123';
const statementOf = (change: object, role: (typeof IAM_ROLES)[number] = 'service'): string => {
  const policy = JSON.parse(leastPrivilege(role, ARN));
  return JSON.stringify({ ...policy, Statement: [{ ...policy.Statement[0], ...change }] });
};

describe('the least-privilege policy', () => {
  it.each(IAM_ROLES)('of the %s names one secret, no wildcard, and passes its own lint', (role) => {
    const text = leastPrivilege(role, ARN);
    expect(text).not.toMatch(/[*?]/);
    expect(JSON.parse(text).Statement[0].Resource).toBe(ARN);
    expect(lintPolicy(text, role, ARN)).toEqual([]);
  });

  it('lets the service read what is promoted, and nothing be written by it', () => {
    const text = leastPrivilege('service', ARN);
    expect(text).toContain('AWSCURRENT');
    expect(text).not.toContain('PutSecretValue');
    expect(lintPolicy(leastPrivilege('importer', ARN), 'service', ARN).join()).toContain(
      'PutSecretValue is not needed',
    );
    expect(lintPolicy(text, 'importer', ARN).join()).toContain('PutSecretValue is missing');
  });

  it('is of a secret by its whole name', () => {
    expect(isSecretArn(ARN)).toBe(true);
    for (const wrong of [`${ARN}*`, ARN.replace('-AbC123', ''), 'arn:aws:s3:::bucket', `${ARN} `, ''])
      expect(isSecretArn(wrong)).toBe(false);
  });
});

describe('a policy that was pasted', () => {
  it.each([
    ['not JSON', '{', 'not JSON'],
    ['no policy', '[]', 'not a policy'],
    ['without statements', '{"Version":"2012-10-17"}', 'no statements'],
    ['of an old language', statementOf({}).replace('2012-10-17', '2008-10-17'), 'Version'],
    ['allowing every action', statementOf({ Action: '*' }), 'wildcard'],
    ['allowing every read', statementOf({ Action: ['secretsmanager:Get*'] }), 'wildcard'],
    ['allowing to delete', statementOf({ Action: ['secretsmanager:DeleteSecret'] }), 'not needed'],
    ['allowing all but some', statementOf({ Action: undefined, NotAction: 'iam:*' }), 'NotAction'],
    ['for every resource', statementOf({ Resource: '*' }), 'wildcard'],
    ['for a name that fits others', statementOf({ Resource: `${ARN.slice(0, -6)}*` }), 'wildcard'],
    ['for another secret', statementOf({ Resource: `${ARN.slice(0, -1)}9` }), 'another one'],
    ['for this secret and another', statementOf({ Resource: [ARN, 'arn:aws:s3:::x'] }), 'another one'],
    ['for all but one resource', statementOf({ Resource: undefined, NotResource: ARN }), 'NotResource'],
    ['without a resource', statementOf({ Resource: undefined }), 'no Resource'],
    ['without conditions', statementOf({ Condition: undefined }), 'securetransport'],
    [
      'with a condition that any stage meets',
      statementOf({
        Condition: {
          Bool: { 'aws:SecureTransport': 'true' },
          StringEquals: { 'secretsmanager:VersionStage': ['AWSCURRENT', 'AWSPENDING'] },
        },
      }),
      'versionstage',
    ],
    ['with an effect that is neither', statementOf({ Effect: 'allow' }), 'Effect'],
  ])('is found to be %s', (_name, text, words) => {
    expect(lintPolicy(text, 'service', ARN).join(' ')).toContain(words);
  });

  it('may deny more, and write its actions and conditions in either case', () => {
    const policy = JSON.parse(leastPrivilege('service', ARN));
    policy.Statement.push({ Effect: 'Deny', Action: '*', Resource: '*' });
    expect(lintPolicy(JSON.stringify(policy), 'service', ARN)).toEqual([]);
    const spelled = statementOf({ Action: 'SecretsManager:getsecretvalue' });
    expect(lintPolicy(spelled, 'service', ARN)).toEqual([]);
  });
});
