import { type PrometheusServer, prometheusServer } from '../support/prometheus.ts';
import { during, type Owner } from './cleanup.ts';
import type { ExampleService } from './service.ts';

/** A Prometheus of the test's own that has scraped the service, often enough for `query` to find something. */
export async function prometheusThatFinds(query: string, service: ExampleService, owner: Owner): Promise<PrometheusServer> {
  const server = during(owner, await prometheusServer(new URL(service.url).host));
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query })}`);
    if (/"result":\[\{/.test(await answer.text())) return server;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Prometheus has no answer to ${query}.`);
}
