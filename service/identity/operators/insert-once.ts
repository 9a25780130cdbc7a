import type { Tx } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { OperatorRow } from './rules.ts';
import { insertOperator, type NewOperator } from './store.ts';

/** @throws HttpError `already_enrolled` for a key that is known, or a second first operator */
export async function insertOnce(tx: Tx, operator: NewOperator): Promise<OperatorRow> {
  try {
    return await insertOperator(tx, operator);
  } catch (error) {
    if (isRefusedBy(error, 'operators_first_once') || isRefusedBy(error, 'operators_key_once'))
      throw new HttpError('already_enrolled', 'this key, or the first operator, has enrolled already', {
        cause: error,
      });
    throw error;
  }
}
