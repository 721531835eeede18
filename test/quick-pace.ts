/** Section `pace` of tests that have no site to spare, on machines whose commits may take any time. */
export const quickPace = {
  profile: 'full',
  thresholds: {
    commit_ms: { soft: 600_000, hard: 600_000 },
    threads_running: { soft: 10_000, hard: 10_000 },
    row_lock_wait_ms: { soft: 600_000, hard: 600_000 },
    row_lock_waits: { soft: 10_000, hard: 10_000 },
  },
} as const
