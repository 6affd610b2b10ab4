"""Numbers for /metrics that count what happens in this process."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

pokes_failed = Counter("helpdesk_pokes_failed_total", "Wake-ups that the broker did not take")
cache_failures = Counter("helpdesk_cache_failures_total", "Cache calls that Redis did not answer")
sweep_failures = Counter("helpdesk_sweep_failures_total", "Sweeps that raised", ["sweep"])
requests_seconds = Histogram(
    "helpdesk_request_seconds",
    "Time to answer a request",
    ["method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
