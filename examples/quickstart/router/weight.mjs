// Asks the router for its weight, or sets it: what the plan's rollout driver calls.
//   node router/weight.mjs            prints the weight
//   node router/weight.mjs set        sets it to $WEIGHT percent
const url = new URL('/-/weight', process.env.ROUTER_URL);
const [verb] = process.argv.slice(2);
const response = await fetch(url, verb === 'set' ? { method: 'PUT', body: process.env.WEIGHT } : {});
if (!response.ok) throw new Error(`the router answered ${response.status}`);
console.log(await response.text());
