import type { DrillObserver } from './outcome.ts';

export function plainObserver(write: (line: string) => void): DrillObserver {
  return {
    began: ({ title, set, index, of }) => write(`[${index}/${of}] ${set}: ${title}`),
    entered: (phase) => write(`    ${phase}`),
    noted: (text) => write(`      ${text}`),
    ended: (outcome) => {
      if (outcome.result === 'skipped') return write(`  skipped: ${outcome.because}`);
      const seconds = Math.round((outcome.endedAtMs - outcome.startedAtMs) / 1_000);
      const { sent, failedByCause } = outcome.traffic;
      write(
        `  ${outcome.result} in ${seconds} s: ${sent} sent, failed ${JSON.stringify(failedByCause)}`,
      );
      const worst = outcome.limits.filter(({ passed }) => !passed);
      for (const { name, measured, limit } of worst) write(`  ✗ ${name}: ${measured} > ${limit}`);
      for (const { host, law, what } of outcome.lawViolations)
        write(`  ✗ ${law}: ${host}: ${what}`);
      for (const error of outcome.errors) write(`  ✗ ${error}`);
    },
  };
}
