import { DATABASE_ROLES } from '../../shared/service/keys.ts';
import type { KeysOf } from '../../shared/service/launch.ts';
import type { Passwords } from './cluster/bootstrap.ts';
import { ClusterError } from './cluster/cluster-error.ts';

/** @throws ClusterError when a role has no password: parent and process are of different versions */
export function databasePasswords(given: KeysOf<'database'>['passwords']): Passwords {
  const complete = DATABASE_ROLES.map((role) => {
    const password = given[role];
    if (password !== undefined) return [role, password] as const;
    throw new ClusterError('internal', `There is no password for the role ${role}. Install Sallyport again.`);
  });
  return Object.fromEntries(complete) as Record<keyof Passwords, string>;
}
