"""Numbers about rules for /metrics."""

from __future__ import annotations

from prometheus_client import Counter

loops_stopped = Counter("helpdesk_rule_loops_stopped_total", "Rule chains cut off by the guard")
