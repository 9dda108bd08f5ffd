// Puts the settings from before the fix back, as the checklist's rollback asks.
import { writeFileSync } from 'node:fs';

writeFileSync(new URL('./staging.env', import.meta.url), 'DB_CONNECTION_LIMIT=20\nDB_POOL_TIMEOUT=20\nDB_STATEMENT_CACHE_SIZE=100\n');
console.log('DB_CONNECTION_LIMIT is 20 again');
