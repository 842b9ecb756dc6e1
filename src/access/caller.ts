/** What a caller may do. `read` looks, `operate` changes functions and runs experiments. */
export type Permission = 'read' | 'operate';

/** Who calls an operation: the subject of the audit log. */
export interface Caller {
  name: string;
  permissions: readonly Permission[];
}
