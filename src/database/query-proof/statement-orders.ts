/** What statements are sought by. Apart from what reads them, so that reading a plan loads no more. */
export const STATEMENT_ORDERS = ['total_time', 'mean_time', 'max_time', 'calls', 'rows'] as const;
export type StatementOrder = (typeof STATEMENT_ORDERS)[number];
