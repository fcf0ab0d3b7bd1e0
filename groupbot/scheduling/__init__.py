"""APScheduler behind the Waker port, and cron work; the only importer of apscheduler. No state of ours lives in it."""
