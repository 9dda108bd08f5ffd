import type { IndexDefinition } from '../index-definition.ts';
import type { Product } from './session.ts';

/** An index of a MySQL, MariaDB or SQLite. Its keys' names are as the catalog has them; `name(10)` is a column's beginning. */
export interface EngineIndex extends IndexDefinition {
  readonly name: string;
  /** Of a primary key or unique constraint that cannot be dropped by itself. */
  readonly constraint: 'p' | 'u' | undefined;
  /** Why the planner does not use it. */
  readonly hidden: 'invisible' | 'ignored' | undefined;
  /** SQLite: the collation of each key, which is the column's own where the key has none. */
  readonly collations: readonly (string | null)[];
}

export interface EngineTable {
  readonly schema: string;
  readonly name: string;
  readonly indexes: readonly EngineIndex[];
  /** SQLite only: InnoDB makes these indexes by itself. */
  readonly foreignKeys: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** SQLite: the column that is the row's own number, which needs no index. */
  readonly rowid: string | undefined;
  /** MySQL and MariaDB: about how many there are. */
  readonly rows: number | undefined;
}

export interface EngineCatalog {
  readonly product: Product;
  readonly version: string;
  readonly tables: readonly EngineTable[];
  /** Whether two names of tables are the same. */
  readonly sameTable: (left: string, right: string) => boolean;
  /** What a table without a schema is in. */
  readonly schema: string;
}
