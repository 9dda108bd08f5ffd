/** An answer, before the headers that all answers have. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is bytes. */
  readonly body?: unknown;
  /** What the client did wrong, where no correct client would get this answer. */
  readonly violation?: string;
}

const DOCUMENTATION = 'https://docs.github.com/rest';

export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body, headers };
}

export function created(body: unknown): Reply {
  return { status: 201, body };
}

export function failure(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body: { message, documentation_url: DOCUMENTATION, status: String(status) } };
}

export const notFound = (message = 'Not Found'): Reply => failure(404, message);

export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: 'custom' | 'invalid' | 'missing' | 'missing_field';
  readonly message: string;
}

/** GitHub's refusal of a request that it understands but does not accept: a fault of the client, so a violation. */
export function unprocessable(...errors: readonly FieldError[]): Reply {
  return {
    status: 422,
    body: { message: 'Validation Failed', errors, documentation_url: DOCUMENTATION, status: '422' },
    violation: errors.map(({ field, message }) => `${field}: ${message}`).join('; '),
  };
}
