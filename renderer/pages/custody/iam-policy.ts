/** Who needs the secret: the service reads it, and whoever imports a new key writes it and moves its stages. */
export const IAM_ROLES = ['service', 'importer'] as const;
export type IamRole = (typeof IAM_ROLES)[number];

const ACTIONS: Readonly<Record<IamRole, readonly string[]>> = {
  service: ['secretsmanager:GetSecretValue'],
  importer: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
};

/** The exact secret, with the six characters that AWS adds: a name without them would fit other secrets too. */
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
export const isSecretArn = (text: string): boolean => SECRET_ARN.test(text);

type Condition = Readonly<Record<string, Readonly<Record<string, string>>>>;

const CONDITIONS: Readonly<Record<IamRole, Condition>> = {
  // A key that is being imported is not read before it is promoted.
  service: {
    Bool: { 'aws:SecureTransport': 'true' },
    StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' },
  },
  importer: { Bool: { 'aws:SecureTransport': 'true' } },
};

/** The least that this role can work with. */
export const leastPrivilege = (role: IamRole, arn: string): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: role === 'service' ? 'ReadPayerKey' : 'ImportPayerKey',
          Effect: 'Allow',
          Action: ACTIONS[role],
          Resource: arn,
          Condition: CONDITIONS[role],
        },
      ],
    },
    null,
    2,
  );

type Given = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat());

/** IAM reads names of actions and of condition keys in either case; values it does not. */
const lower = (value: unknown): string => String(value).toLowerCase();

function conditionsOf(condition: unknown): string[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).flatMap(([key, values]) => {
          const given = listOf(values);
          // More values than one are an "or": the condition holds for the wider of them.
          return given.length === 1 ? [`${lower(operator)} ${lower(key)} ${String(given[0])}`] : [];
        })
      : [],
  );
}

function actionFindings(statement: Given, role: IamRole): string[] {
  if (statement.NotAction !== undefined)
    return ['NotAction allows everything but what it names. Name the actions instead.'];
  const allowed = ACTIONS[role].map(lower);
  return listOf(statement.Action).flatMap((action) => {
    if (/[*?]/.test(String(action)))
      return [`The action ${String(action)} has a wildcard. Name each action.`];
    return allowed.includes(lower(action))
      ? []
      : [`The action ${String(action)} is not needed. Take it out.`];
  });
}

function resourceFindings(statement: Given, arn: string): string[] {
  if (statement.NotResource !== undefined)
    return ['NotResource allows everything but what it names. Name the secret instead.'];
  const given = listOf(statement.Resource);
  if (given.length === 0) return ['There is no Resource. Name the secret.'];
  return given.flatMap((resource) => {
    if (resource === arn) return [];
    return /[*?]/.test(String(resource))
      ? [`The resource ${String(resource)} has a wildcard. Name this one secret.`]
      : [`The resource ${String(resource)} is another one. Name ${arn}.`];
  });
}

function conditionFindings(statement: Given, role: IamRole): string[] {
  const given = conditionsOf(statement.Condition);
  return conditionsOf(CONDITIONS[role])
    .filter((needed) => !given.includes(needed))
    .map((needed) => `The condition “${needed}” is missing.`);
}

function missingActions(statements: readonly Given[], role: IamRole): string[] {
  const given = statements.flatMap(({ Action }) => listOf(Action)).map(lower);
  return ACTIONS[role]
    .filter((action) => !given.includes(lower(action)))
    .map((action) => `The action ${action} is missing: the role cannot work without it.`);
}

/** What is wrong with a policy that somebody uses, by the least that the role needs; empty when nothing is. */
export function lintPolicy(text: string, role: IamRole, arn: string): string[] {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return ['This is not JSON. Paste the whole policy document.'];
  }
  if (!isObject(policy)) return ['This is not a policy document.'];
  const statements = listOf(policy.Statement);
  if (statements.length === 0 || !statements.every(isObject)) return ['The policy has no statements.'];
  const allowing = statements.filter(({ Effect }) => Effect !== 'Deny');
  const version = policy.Version === '2012-10-17' ? [] : ['The Version is not 2012-10-17. Set it.'];
  const found = allowing.flatMap((statement) => [
    ...(statement.Effect === 'Allow' ? [] : ['A statement has no Effect of Allow or Deny.']),
    ...actionFindings(statement, role),
    ...resourceFindings(statement, arn),
    ...conditionFindings(statement, role),
  ]);
  return [...new Set([...version, ...found, ...missingActions(allowing, role)])];
}
