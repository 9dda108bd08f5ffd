import { MeasurementError } from '../../checklist/errors.ts';
import type { Session } from '../client.ts';

/** No proof waits for a lock: whoever holds it has work to do. */
const LOCK_TIMEOUT = '250ms';
const STATEMENT_TIMEOUT = '15s';

/**
 * Works inside a transaction that is always rolled back. It may write only where indexes are hidden or rows are assumed; nothing of
 * it is ever seen by another session.
 */
export async function rolledBack<Result>(
  session: Session,
  access: 'READ ONLY' | 'READ WRITE',
  work: () => Promise<Result>,
): Promise<Result> {
  await session.run(`BEGIN ${access}`);
  try {
    await session.run(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'; SET LOCAL statement_timeout = '${STATEMENT_TIMEOUT}'`);
    return await work();
  } finally {
    await session.run('ROLLBACK').catch(() => undefined);
  }
}

/** Works inside such a transaction and undoes it at once: settings, hidden indexes, and an error that would end the transaction. */
export async function undone<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  await session.run('SAVEPOINT holdpoint');
  try {
    return await work();
  } finally {
    // Of two savepoints of one name the later is meant.
    await session.run('ROLLBACK TO SAVEPOINT holdpoint; RELEASE SAVEPOINT holdpoint').catch(() => undefined);
  }
}

/** The same for what the server may refuse: the transaction goes on. */
export async function attempted<Result>(
  session: Session,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly refused: MeasurementError }> {
  try {
    return { result: await undone(session, work) };
  } catch (error) {
    const isOver = !(error instanceof MeasurementError) || error.reason === 'cancelled' || error.reason === 'connection_refused';
    if (isOver) throw error;
    return { refused: error };
  }
}
