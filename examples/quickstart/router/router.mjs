// A small traffic router: sends a share of the requests to the canary, and counts what both answer. Its state is in memory.
//   GET /metrics          Prometheus text, by version
//   GET /-/weight         the share in percent
//   PUT /-/weight         sets it
//   PUT /-/backends       { "stable": url, "canary": url }
import http from 'node:http';

const backends = { stable: process.env.STABLE_URL, canary: process.env.CANARY_URL };
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const counts = new Map();
const histograms = new Map();
let weight = 0;
let debt = 0;

/** Spreads the canary's requests evenly instead of by chance, so that a short step sees its share. */
function choose() {
  debt += weight / 100;
  if (debt >= 1) {
    debt -= 1;
    return 'canary';
  }
  return 'stable';
}

function count(version, code, seconds) {
  const key = `${version} ${code}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  const histogram = histograms.get(version) ?? { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };
  BOUNDS.forEach((bound, index) => {
    if (seconds <= bound) histogram.buckets[index] += 1;
  });
  histogram.sum += seconds;
  histogram.count += 1;
  histograms.set(version, histogram);
}

function metrics() {
  const lines = ['# TYPE http_requests_total counter'];
  for (const [key, amount] of counts) {
    const [version, code] = key.split(' ');
    lines.push(`http_requests_total{version="${version}",code="${code}"} ${amount}`);
  }
  lines.push('# TYPE http_request_duration_seconds histogram');
  for (const [version, { buckets, sum, count: total }] of histograms) {
    BOUNDS.forEach((bound, index) => {
      lines.push(`http_request_duration_seconds_bucket{version="${version}",le="${bound}"} ${buckets[index]}`);
    });
    lines.push(`http_request_duration_seconds_bucket{version="${version}",le="+Inf"} ${total}`);
    lines.push(`http_request_duration_seconds_sum{version="${version}"} ${sum}`);
    lines.push(`http_request_duration_seconds_count{version="${version}"} ${total}`);
  }
  return `${lines.join('\n')}\n`;
}

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

const server = http.createServer(async (request, response) => {
  if (request.url === '/metrics') return response.end(metrics());
  if (request.url === '/-/weight') {
    if (request.method === 'PUT') {
      weight = Number(await bodyOf(request));
      debt = 0;
    }
    return response.end(String(weight));
  }
  if (request.url === '/-/backends') {
    Object.assign(backends, JSON.parse(await bodyOf(request)));
    return response.end('ok');
  }
  const version = choose();
  const began = performance.now();
  const finish = (code) => count(version, code, (performance.now() - began) / 1000);
  const upstream = http.request(new URL(request.url ?? '/', backends[version]), {
    method: request.method,
    headers: request.headers,
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('end', () => finish(answer.statusCode ?? 502));
  });
  upstream.on('error', () => {
    finish(502);
    response.writeHead(502);
    response.end();
  });
  request.pipe(upstream);
});

server.listen(Number(process.env.PORT ?? '0'), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
