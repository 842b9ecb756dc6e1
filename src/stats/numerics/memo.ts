/**
 * A pure function that keeps its answers, at most `most` of them; when that is reached it forgets all and begins anew.
 * `keyOf` says which arguments are the same; without it they are their own keys.
 */
export function memoized<Argument, Answer>(
  f: (argument: Argument) => Answer,
  most: number,
  keyOf: (argument: Argument) => unknown = (argument) => argument,
): (argument: Argument) => Answer {
  const known = new Map<unknown, Answer>();
  return (argument) => {
    const key = keyOf(argument);
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const answer = f(argument);
    if (known.size >= most) known.clear();
    known.set(key, answer);
    return answer;
  };
}
