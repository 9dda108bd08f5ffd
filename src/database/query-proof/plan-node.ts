import * as z from 'zod';

/** A node of EXPLAIN (FORMAT JSON, VERBOSE), with what a proof needs to know of it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly Alias?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'Index Cond'?: string | undefined;
  readonly 'Order By'?: string | undefined;
  readonly 'Recheck Cond'?: string | undefined;
  readonly Filter?: string | undefined;
  readonly 'Join Filter'?: string | undefined;
  readonly 'Hash Cond'?: string | undefined;
  readonly 'Merge Cond'?: string | undefined;
  readonly Strategy?: string | undefined;
  readonly 'Parent Relationship'?: string | undefined;
  readonly 'Conflict Arbiter Indexes'?: readonly string[] | undefined;
  readonly 'Subplans Removed'?: number | undefined;
  readonly 'Total Cost': number;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNodeSchema: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    Schema: z.string().optional(),
    'Relation Name': z.string().optional(),
    Alias: z.string().optional(),
    'Index Name': z.string().optional(),
    'Index Cond': z.string().optional(),
    'Order By': z.string().optional(),
    'Recheck Cond': z.string().optional(),
    Filter: z.string().optional(),
    'Join Filter': z.string().optional(),
    'Hash Cond': z.string().optional(),
    'Merge Cond': z.string().optional(),
    Strategy: z.string().optional(),
    'Parent Relationship': z.string().optional(),
    'Conflict Arbiter Indexes': z.array(z.string()).optional(),
    'Subplans Removed': z.number().optional(),
    'Total Cost': z.number(),
    Plans: z.array(planNodeSchema).optional(),
  }),
);

export const explainedSchema = z.tuple([z.object({ Plan: planNodeSchema })]);

/** A node with what it takes from those above it. */
export interface PlacedNode {
  readonly node: PlanNode;
  readonly depth: number;
  /** The table that it reads; a bitmap's index scan has it from the heap scan above. */
  readonly table?: { readonly schema: string; readonly name: string; readonly alias: string };
  /** What it gives keeps its order up to the top of the plan, or to what needs the order. */
  readonly ordered: boolean;
  /** The BitmapOr that it is below. */
  readonly or?: PlanNode;
}

/** Every node, parents before children. */
export function placedNodes(root: PlanNode): readonly PlacedNode[] {
  return place(root, { depth: 0, ordered: true });
}

function place(node: PlanNode, above: Omit<PlacedNode, 'node'>): readonly PlacedNode[] {
  const { Schema: schema, 'Relation Name': name, Alias: alias } = node;
  const table = name === undefined ? above.table : { schema: schema ?? '', name, alias: alias ?? name };
  const placed: PlacedNode = { ...above, node, ...(table === undefined ? {} : { table }) };
  const children = node.Plans ?? [];
  return [
    placed,
    ...children.flatMap((child, position) => {
      // Of a nested loop only the outer side keeps its order; a subplan has an order of its own.
      const own = child['Parent Relationship'] === 'InitPlan' || child['Parent Relationship'] === 'SubPlan';
      const keeps = keepsOrder(node) && (node['Node Type'] !== 'Nested Loop' || position === 0);
      const isBitmap = child['Node Type'].startsWith('Bitmap');
      const { table: _, ...rest } = placed;
      return place(child, {
        depth: above.depth + 1,
        ordered: own || (above.ordered && keeps),
        ...(node['Node Type'] === 'BitmapOr' ? { or: node } : {}),
        ...(isBitmap && rest.node['Node Type'].startsWith('Bitmap') && table !== undefined ? { table } : {}),
      });
    }),
  ];
}

const ORDERED = new Set([
  ...['Limit', 'Nested Loop', 'Merge Join', 'Merge Append', 'Gather Merge', 'Append', 'Subquery Scan', 'LockRows', 'Result'],
  ...['Group', 'WindowAgg', 'Unique', 'Incremental Sort', 'ProjectSet', 'Memoize', 'Materialize', 'ModifyTable', 'SetOp'],
]);

function keepsOrder({ 'Node Type': type, Strategy: strategy }: PlanNode): boolean {
  return ORDERED.has(type) || (type === 'Aggregate' && strategy === 'Sorted');
}

/** How many whole sorts a plan has. An incremental one uses an order that is there. */
export function sortsIn(root: PlanNode): number {
  return placedNodes(root).filter(({ node }) => node['Node Type'] === 'Sort').length;
}

/** What PostgreSQL up to 17 adds to a node that it was told to avoid. */
const AVOIDED = 1e10;

/** The cost without what stands for "avoided". */
export function costOf(root: PlanNode): number {
  return root['Total Cost'] % AVOIDED;
}

const CONDITIONS = ['Index Cond', 'Order By', 'Recheck Cond', 'Filter', 'Join Filter', 'Hash Cond', 'Merge Cond'] as const;

/** What a node asks of its rows, as the server writes it. */
export function conditionsOf(node: PlanNode): readonly string[] {
  return CONDITIONS.flatMap((name) => (name === 'Order By' || name === 'Recheck Cond' ? [] : (node[name] ?? [])));
}

/** The plan, one node a line. */
export function planText(root: PlanNode): string {
  return placedNodes(root)
    .map(({ node, depth }) => '  '.repeat(depth) + nodeText(node))
    .join('\n');
}

export function nodeText(node: PlanNode): string {
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  const relation = node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`;
  const arbiters = node['Conflict Arbiter Indexes'];
  const conditions = [
    ...CONDITIONS.flatMap((name) => (node[name] === undefined ? [] : `${name}: ${node[name]}`)),
    ...(arbiters === undefined ? [] : [`Conflict Arbiter Indexes: ${arbiters.join(', ')}`]),
  ];
  const cost = (node['Total Cost'] % AVOIDED).toFixed(2);
  return `${node['Node Type']}${index}${relation}  (cost ${cost})${conditions.length === 0 ? '' : `  [${conditions.join('; ')}]`}`;
}
