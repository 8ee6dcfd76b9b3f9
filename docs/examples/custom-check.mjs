/**
 * A check of your own: passes while the service's queue, as its /status says, is short enough.
 *
 *   {"type": "module", "path": "/etc/smartstack/checks/custom-check.mjs",
 *    "options": {"path": "/status", "longest": 100}, "timeout": 1}
 *
 * It runs inside nerve at every round of checks, so it must not keep the processor busy, and it
 * must pass `signal` on to whatever waits: nerve aborts it at the check's time-out. A changed file
 * is loaded anew by itself; what it imports from other files is not.
 *
 * The types are in agent/nerve/checks/user-check.ts.
 *
 * @param {import('../../agent/nerve/checks/user-check.ts').UserCheckContext} context
 * @returns {Promise<import('../../agent/nerve/checks/user-check.ts').UserCheckResult>}
 */
export async function check({ host, port, options, signal }) {
  const { path = '/status', longest = 100 } = options;
  const response = await fetch(`http://${host}:${port}${path}`, { signal });
  if (!response.ok) return { passed: false, reason: `status ${response.status}` };
  const { queued } = await response.json();
  if (queued <= longest) return true;
  return { passed: false, reason: `${queued} requests are waiting, more than ${longest}` };
}
