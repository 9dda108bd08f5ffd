// The sample service: plans kept in PostgreSQL, listed over HTTP. `FLAW` makes the bad versions that the demo holds back:
//   scan   each list costs thirty queries that no index serves
//   leak   a connection goes back to the pool 100 ms after its request has been answered
import http from 'node:http';
import pg from 'pg';

const { DATABASE_URL, PORT = '0', VERSION = 'v1.0.0', FLAW = '' } = process.env;
const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: FLAW === 'leak' ? 3 : 4,
  connectionTimeoutMillis: FLAW === 'leak' ? 80 : 5_000,
});
pool.on('error', () => undefined);

async function listPlans(status) {
  const client = await pool.connect();
  try {
    if (FLAW === 'scan') {
      for (let page = 0; page < 30; page += 1) {
        await client.query("select count(*) from plans where title like '%' || $1 || '%'", [`${page}x`]);
      }
    }
    const { rows } = await client.query(
      'select id, title, status from plans where status = $1 and needs_review order by id limit 20',
      [status],
    );
    return rows;
  } finally {
    if (FLAW === 'leak') setTimeout(() => client.release(), 100);
    else client.release();
  }
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-version': VERSION });
    response.end(JSON.stringify(body));
  };
  try {
    if (url.pathname === '/health') answer(200, { status: 'healthy', version: VERSION });
    else if (url.pathname === '/api/plans') answer(200, { items: await listPlans(url.searchParams.get('status') ?? 'open') });
    else answer(404, { error: 'not found' });
  } catch (error) {
    answer(503, { error: error instanceof Error ? error.message : String(error) });
  }
});

server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on ${typeof address === 'object' && address ? address.port : PORT}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
