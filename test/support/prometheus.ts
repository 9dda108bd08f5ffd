import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './ports.ts';

export interface PrometheusServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Prometheus that scrapes one target (`host:port`) every second; ready once its API answers. */
export async function prometheusServer(target: string): Promise<PrometheusServer> {
  const port = await freePort();
  const folder = temporaryFolder();
  const config = join(folder, 'prometheus.yml');
  const scrape = { job_name: 'app', scrape_interval: '1s', scrape_timeout: '1s', static_configs: [{ targets: [target] }] };
  writeFileSync(config, JSON.stringify({ scrape_configs: [scrape] }));
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  const { stop } = await childServer('prometheus', args, async () => (await fetch(`${url}/-/ready`)).ok);
  return { url, stop };
}
