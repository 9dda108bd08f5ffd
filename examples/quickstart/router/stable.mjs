// Points the router's stable side at another backend: what the rollback's task calls.
//   node router/stable.mjs URL
const [stable] = process.argv.slice(2);
const response = await fetch(new URL('/-/backends', process.env.ROUTER_URL), { method: 'PUT', body: JSON.stringify({ stable }) });
if (!response.ok) throw new Error(`the router answered ${response.status}`);
console.log(`stable is ${stable}`);
