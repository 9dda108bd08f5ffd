import { ok } from '../reply.ts';
import type { Route } from '../route.ts';

export const rateLimitRoutes: readonly Route[] = [
  {
    operation: 'get /rate_limit',
    needs: [],
    answer: ({ rate }) => ok({ resources: { core: rate }, rate }),
  },
];
