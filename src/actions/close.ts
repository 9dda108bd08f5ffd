import { createClient } from '../github/client.ts';
import { closeLeftOver } from '../github/close.ts';
import { systemClock } from '../runner/clock.ts';
import type { Environment } from '../runner/ports.ts';
import { runnerProtocol } from '../runner/protocol.ts';
import { readState } from '../runner/state.ts';
import { apiUrlOf } from './api-url.ts';
import { readToken } from './inputs.ts';

/**
 * What comes after a gate that was killed: completes what it left open at GitHub. Never fails the job: the gate has done that.
 *
 * @param path the state file that the gate announced.
 */
export async function closeAction(path: string, env: Environment): Promise<void> {
  const state = await readState(path);
  const token = readToken(env);
  if (state === undefined || token === undefined) return;
  const protocol = await runnerProtocol(env);
  protocol.setSecret(token);
  const client = await createClient({ token, apiUrl: apiUrlOf(env), env, log: protocol.log, deadlineMs: 10_000 });
  for (const failure of await closeLeftOver(state, client, systemClock.now())) protocol.log.warn(failure);
}
