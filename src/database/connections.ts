import { MeasurementError } from '../checklist/errors.ts';
import type { Ports } from '../runner/ports.ts';
import { isConnectionString } from './connection-string.ts';
import type { Databases, PlannedDatabase, StartedThrowaway } from './databases.ts';
import type { Throwaway } from './throwaway.ts';

export interface OpenDatabases extends Databases {
  throwaways(): readonly StartedThrowaway[];
  /** Stops every throwaway server, also one that is still starting. Never throws. */
  stop(): Promise<void>;
}

/** The plan's databases. Nothing is started or connected to until it is asked for; those who ask at once share one server. */
export function openDatabases(planned: Readonly<Record<string, PlannedDatabase>>, ports: Ports): OpenDatabases {
  const starting = new Map<string, Promise<Throwaway>>();
  const started: StartedThrowaway[] = [];
  const ending = new AbortController();
  const signal = AbortSignal.any([ports.signal, ending.signal]);

  const start = async (name: string): Promise<Throwaway> => {
    // Loaded with the first one: it needs parts of Node that take long to load.
    const { startThrowaway } = await import('./throwaway.ts');
    const throwaway = await startThrowaway({ ...ports, signal });
    const { engine, version, readyMs, readLog } = throwaway;
    started.push({ name, engine, version, readyMs, ...(readLog === undefined ? {} : { readLog }) });
    return throwaway;
  };

  return {
    async url(nameOrUrl) {
      const found = Object.hasOwn(planned, nameOrUrl) ? planned[nameOrUrl] : undefined;
      const database = found ?? (isConnectionString(nameOrUrl) ? { kind: 'url' as const, url: nameOrUrl } : undefined);
      if (database === undefined) {
        const names = Object.keys(planned);
        const known = names.length === 0 ? 'the plan has none' : `the plan has ${names.join(', ')}`;
        throw new MeasurementError('not_found', `There is no database “${nameOrUrl}” under databases: (${known}).`);
      }
      if (database.kind === 'url') {
        ports.secrets.addUrl(database.url);
        return database.url;
      }
      if (ending.signal.aborted) throw new MeasurementError('cancelled', 'The run is over: its throwaway databases are gone.');
      const running = starting.get(nameOrUrl) ?? start(nameOrUrl);
      starting.set(nameOrUrl, running);
      return (await running).url;
    },
    throwaways: () => started,
    async stop() {
      ending.abort();
      const all = await Promise.allSettled(starting.values());
      await Promise.allSettled(all.map((each) => (each.status === 'fulfilled' ? each.value.stop() : undefined)));
    },
  };
}
